import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AnalysisOptions, ERROR_TABLE, PLANNED_OPTIONS, ROLES } from '@penstock/contracts';
import { TestEngine } from './support/engine.ts';

const page = await readFile(path.join(import.meta.dirname, '../../../docs/analysis-api.md'), 'utf8');

describe('docs/analysis-api.md', () => {
  let engine: TestEngine;
  before(async () => {
    engine = await TestEngine.start();
  });
  after(() => engine.stop());

  const examples = [...page.matchAll(/```http (\d+)\n(\w+) (\S+)\n\n([^`]*)```/g)];

  it('has examples that answer as it says', async () => {
    assert.ok(examples.length >= 5);
    for (const [, status, method, url, payload] of examples) {
      const answer = await engine.send({
        method: method as 'POST',
        url: url as string,
        headers: { 'content-type': 'application/json' },
        payload: payload as string,
      });
      assert.equal(answer.status, Number(status), `${payload}\n${answer.text.slice(0, 300)}`);
      if (answer.status === 422) assert.ok(page.includes(`answers \`${answer.body.detail}\``), answer.body.detail);
    }
  });

  it('names every option, planned option, role and code that it speaks of', () => {
    for (const name of [...Object.keys(AnalysisOptions.properties), ...PLANNED_OPTIONS, ...ROLES]) {
      assert.ok(page.includes(`\`${name}\``), name);
    }
    for (const [, status, code] of page.matchAll(/^\| (\d{3}) \| `(\w+)` \|/gm)) {
      assert.equal(ERROR_TABLE[code as keyof typeof ERROR_TABLE]?.status, Number(status), String(code));
    }
  });
});
