import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { samples } from '../../../src/datasets/samples/index.ts';
import { toCsv } from '../../../src/datasets/samples/to-csv.ts';

const FIXTURES = resolve(import.meta.dirname, '../../../../causal/test/fixtures');

/** The samples whose estimates packages/causal/test/fixtures/make_fixtures.py computed with other software. */
const COMPARED = ['test', 'trial', 'instrument', 'panel'];

for (const id of COMPARED) {
  test(`sample '${id}' is the data that the estimator fixtures were computed from`, () => {
    const sample = samples().find((candidate) => candidate.id === id);
    assert.ok(sample, `no sample '${id}'`);
    const path = resolve(FIXTURES, `${id}.csv`);
    // After a deliberate change of a sample: run this with UPDATE_FIXTURES=1, then make_fixtures.py.
    if (process.env.UPDATE_FIXTURES === '1') writeFileSync(path, toCsv(sample));
    assert.equal(readFileSync(path, 'utf8'), toCsv(sample));
  });
}
