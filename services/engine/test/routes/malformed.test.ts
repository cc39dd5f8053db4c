import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { analyzing, MALFORMED, type MalformedRequest, UNUSABLE } from '../../../../test/support/malformed-requests.ts';
import { TestEngine } from '../support/engine.ts';

describe('malformed requests', () => {
  let engine: TestEngine;
  before(async () => {
    engine = await TestEngine.start();
  });
  after(() => engine.stop());

  async function isRefused(send: MalformedRequest, status: number, says: RegExp): Promise<void> {
    const answer = await engine.send(send);
    assert.equal(answer.status, status, answer.text.slice(0, 500));
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
    assert.match(answer.body.detail, says);
    assert.ok(answer.body.detail.length < 5000, 'the detail stays short');
  }

  for (const [kind, rows] of Object.entries(MALFORMED)) {
    for (const [what, send, status, says] of rows) {
      it(`${kind.toLowerCase()}: ${what} is answered ${status}`, () => isRefused(send, status, says));
    }
  }

  for (const [what, csv, mapping, says] of UNUSABLE) {
    it(`data: ${what} is answered 422`, async () => {
      const dataset_id = await engine.upload(csv);
      await isRefused(analyzing({ dataset_id, mapping }), 422, says);
    });
  }

  it('leave the engine as it was', async () => {
    assert.equal((await engine.send({ url: '/health/ready' })).status, 200);
    assert.equal((await engine.analyze({ dataset_id: 'test', mapping: { y: 'y', treatment: 'w' } })).status, 200);
    assert.ok((await engine.metric('reject_total{reason="invalid_json"}')) >= MALFORMED.SYNTAX.length - 4);
  });
});
