import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { KEEP_TRACES_PATH, MAX_KEPT_TRACES } from '@penstock/contracts';
import { TestEngine } from '../support/engine.ts';
import { recordingTracing } from '../support/recording-tracing.ts';

const ID = '0af7651916cd43dd8448eb211c80319c';

describe('a message that names traces to be kept', () => {
  const { tracing, spans } = recordingTracing();
  const kept: string[] = [];
  let engine: TestEngine;
  before(async () => {
    engine = await TestEngine.start({}, { ...tracing, keep: (ids) => void kept.push(...ids) });
  });
  after(() => engine.stop());
  const tell = (payload: object) => engine.send({ method: 'POST', url: KEEP_TRACES_PATH, payload });

  it('is heard, and makes no span of its own', async () => {
    const { status, text } = await tell({ trace_ids: [ID] });
    assert.deepEqual([status, text], [204, '']);
    assert.deepEqual(kept, [ID]);
    assert.deepEqual(spans, []);
  });

  for (const [what, payload] of [
    ['no list', {}],
    ['what is no trace id', { trace_ids: ['x'] }],
    ['more ids than a message may have', { trace_ids: Array.from({ length: MAX_KEPT_TRACES + 1 }, () => ID) }],
    ['a field that it does not know', { trace_ids: [ID], why: 'slow' }],
  ] as const) {
    it(`is refused with ${what}`, async () => {
      kept.length = 0;
      const { status, body } = await tell(payload);
      assert.equal(status, 400);
      assert.equal(body.code, 'invalid_request');
      assert.deepEqual(kept, []);
    });
  }
});
