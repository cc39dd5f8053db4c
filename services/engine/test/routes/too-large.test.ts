import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { TestEngine } from '../support/engine.ts';

describe('an analysis whose design does not fit into WORKER_MEMORY_MB', () => {
  let engine: TestEngine;
  before(async () => {
    engine = await TestEngine.start({ WORKER_MEMORY_MB: '64', WORKERS: '1' });
  });
  after(() => engine.stop());

  it('is refused with 422 that says what is too large, and fits with fewer columns', async () => {
    const rows = Array.from({ length: 12_000 }, (_, i) => `${(i * 7919) % 1009},${i % 2},g${i % 400}`);
    const dataset_id = await engine.upload(['y,w,group', ...rows].join('\n'));
    const request = { dataset_id, mapping: { y: 'y', treatment: 'w', covariates: ['group'] } };
    const { status, body } = await engine.analyze(request);
    assert.equal(status, 422);
    assert.equal(body.code, 'invalid_analysis');
    assert.match(body.detail, /399 covariates .* too large: 12000 rows by 800 columns, 74 MB of the 64 MB/);
    assert.equal(body.errors?.[0]?.field, '/mapping/covariates');
    const without = await engine.analyze({ dataset_id, mapping: { ...request.mapping, covariates: [] } });
    assert.equal(without.status, 200);
  });
});
