import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallSpans, endSpan, OFF_SPAN, startServerSpan } from '../../src/index.ts';
import { recordingTracing } from '../support/recording-tracing.ts';

test('a call knows the span of its own request, until that has ended', () => {
  const { tracing } = recordingTracing();
  const spans = new CallSpans();
  const requests = [1, 2].map(() => startServerSpan(tracing, { method: 'POST', route: '/', headers: {} }));
  const calls = requests.map((span) => spans.open(span));
  assert.deepEqual(
    calls.map((call) => spans.of(call)),
    requests,
  );
  assert.equal(spans.of(undefined), undefined);
  assert.equal(spans.of({ sequence: 1 }), undefined);
  for (const span of requests) endSpan(span, { status: 200 });
  assert.deepEqual(
    calls.map((call) => spans.of(call)),
    [undefined, undefined],
  );
});

test('with tracing off there is no identity, and no span', () => {
  const spans = new CallSpans();
  assert.equal(spans.open(OFF_SPAN), undefined);
  assert.equal(spans.of(undefined), undefined);
});
