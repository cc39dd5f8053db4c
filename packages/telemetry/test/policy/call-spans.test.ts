import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallSpans, endSpan, OFF_SPAN, startServerSpan } from '../../src/index.ts';
import { EVERY_EVENT } from '../support/every-event.ts';
import { recordingTracing } from '../support/recording-tracing.ts';

test('an event is written on the span of its own call', () => {
  const { tracing, spans: ended } = recordingTracing();
  const spans = new CallSpans();
  const requests = [1, 2].map(() => startServerSpan(tracing, { method: 'POST', route: '/', headers: {} }));
  const calls = requests.map((span) => spans.open(span));
  spans.write({ ...EVERY_EVENT.coalesce_joined, call: calls[1] });
  spans.write({ ...EVERY_EVENT.coalesce_joined, call: undefined });
  spans.write({ ...EVERY_EVENT.coalesce_joined, call: { sequence: 99 } });
  for (const span of requests) endSpan(span, { status: 200 });
  assert.deepEqual(
    ended().map(({ events }) => events.map(({ name }) => name)),
    [[], ['coalesce.joined']],
  );
});

test('with tracing off there is no identity, and nothing is written', () => {
  const spans = new CallSpans();
  assert.equal(spans.open(OFF_SPAN), undefined);
  spans.write(EVERY_EVENT.call_finished);
});
