import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isValidSpanId, isValidTraceId } from '@opentelemetry/api';
import { randomSpanId, randomTraceId } from '../../src/tracing/random-ids.ts';

test('ids are valid, and none comes twice', () => {
  const seen = new Set<string>();
  for (let index = 0; index < 5000; index++) {
    const [traceId, spanId] = [randomTraceId(), randomSpanId()];
    assert.ok(isValidTraceId(traceId) && isValidSpanId(spanId), `${traceId} ${spanId}`);
    seen.add(traceId).add(spanId);
  }
  assert.equal(seen.size, 10_000);
});
