import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, type Span, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { hrTimeToMilliseconds, isTracingSuppressed, suppressTracing } from '@opentelemetry/core';
import { type Clock, FakeClock } from '@penstock/clock';
import { contextOf } from '../../src/spans/context-of.ts';
import type { PlainSpan } from '../../src/tracing/plain-span.ts';
import type { PlainTracer } from '../../src/tracing/plain-tracer.ts';
import { recordingTracing, tracerWith } from '../support/recording-tracing.ts';

function world(): { start: PlainTracer['startSpan']; spans: () => readonly PlainSpan[] } {
  const { tracing, spans } = recordingTracing(new FakeClock());
  return { start: (...given) => tracing.tracer.startSpan(...given), spans };
}

const remote = (traceFlags: TraceFlags) =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags, isRemote: true });

test('a span without a parent begins a trace, and a child continues it, also after its parent has ended', () => {
  const { start, spans } = world();
  const parent = start('parent');
  parent.end();
  const child = start('child', { kind: SpanKind.CLIENT }, contextOf(parent));
  child.end();
  const [first, second] = spans();
  assert.match(first!.spanContext().traceId, /^[0-9a-f]{32}$/);
  assert.equal(first!.parentSpanContext, undefined);
  assert.equal(second!.spanContext().traceId, first!.spanContext().traceId);
  assert.notEqual(second!.spanContext().spanId, first!.spanContext().spanId);
  assert.equal(second!.parentSpanContext, parent.spanContext());
  assert.equal(second!.kind, SpanKind.CLIENT);
});

test('a child is sampled as its parent is by then', () => {
  const { start } = world();
  const parent = start('parent');
  parent.spanContext().traceFlags = TraceFlags.NONE;
  assert.equal(start('child', {}, contextOf(parent)).spanContext().traceFlags, TraceFlags.NONE);
  parent.spanContext().traceFlags = TraceFlags.SAMPLED;
  assert.equal(start('child', {}, contextOf(parent)).spanContext().traceFlags, TraceFlags.SAMPLED);
});

test('what is not recorded has an id of its own, and no children', () => {
  const heard: PlainSpan[] = [];
  const hear = (span: PlainSpan): void => void heard.push(span);
  const tracer = tracerWith({ onStart: hear, onEnd: hear }, { ratio: 0 });
  const span = tracer.startSpan('request', {}, remote(TraceFlags.NONE));
  assert.equal(span.isRecording(), false);
  assert.equal(span.spanContext().traceId, '1'.repeat(32));
  assert.notEqual(span.spanContext().spanId, '2'.repeat(16));
  assert.equal(tracer.startSpan('attempt', {}, contextOf(span)), span);
  span.end();
  assert.deepEqual(heard, []);
});

test('a span lasts as long as the monotonic clock says, whatever becomes of the time of day', async () => {
  const clock = new FakeClock();
  const startedAt = clock.now();
  const stopped: Clock = {
    now: () => startedAt,
    monotonic: () => clock.monotonic(),
    timer: (ms, run) => clock.timer(ms, run),
  };
  const { tracing, spans } = recordingTracing(stopped);
  const span = tracing.tracer.startSpan('timed');
  await clock.advance(12.5);
  span.addEvent('half way');
  await clock.advance(12.5);
  span.end();
  const [timed] = spans();
  assert.equal(hrTimeToMilliseconds(timed!.startTime), startedAt);
  assert.equal(hrTimeToMilliseconds(timed!.events[0]!.time), startedAt + 12.5);
  assert.equal(hrTimeToMilliseconds(timed!.duration), 25);
  assert.equal(hrTimeToMilliseconds(timed!.endTime), startedAt + 25);
});

test('an end before the start makes a duration of none', () => {
  const { start, spans } = world();
  start('over', { startTime: 2000 }).end(1000);
  assert.deepEqual(spans()[0]!.duration, [0, 0]);
});

test('times may be given in every form of the API', () => {
  const { start, spans } = world();
  start('forms', { startTime: new Date(1000) })
    .addEvent('then', [2, 0])
    .end([3, 500_000_000]);
  const [span] = spans();
  assert.deepEqual(
    [span!.startTime, span!.events[0]!.time, span!.endTime],
    [
      [1, 0],
      [2, 0],
      [3, 500_000_000],
    ],
  );
});

test('what is there but undefined is told to nobody', () => {
  const { start, spans } = world();
  start('half', { attributes: { known: 1, unknown: undefined } })
    .setAttributes({ known: undefined, later: 2 })
    .addEvent('seen', { what: undefined, why: 'x' })
    .end();
  const { attributes, events } = spans()[0]!;
  assert.deepEqual(attributes, { known: 1, later: 2 });
  assert.deepEqual(events[0]!.attributes, { why: 'x' });
});

test('after its end a span takes nothing more, and ends once', () => {
  const { start, spans } = world();
  const span: Span = start('ended', { attributes: { kept: 1 } });
  span.end();
  span.setAttribute('late', 1).setAttributes({ later: 1 }).addEvent('late').setStatus({ code: 2 }).updateName('late');
  span.addLinks([{ context: span.spanContext() }]).end();
  assert.equal(spans().length, 1);
  const { name, attributes, events, links, status } = spans()[0]!;
  assert.deepEqual(
    { name, attributes, events, links, status },
    { name: 'ended', attributes: { kept: 1 }, events: [], links: [], status: { code: 0 } },
  );
});

test('of more events and links than may be, the latest are kept and the others counted', () => {
  const { start, spans } = world();
  const span = start('busy');
  for (let index = 0; index < 130; index++)
    span.addEvent(`event ${index}`).addLink({ context: span.spanContext(), attributes: { index } });
  span.end();
  const [busy] = spans();
  assert.deepEqual([busy!.events.length, busy!.events[0]!.name, busy!.droppedEventsCount], [128, 'event 2', 2]);
  assert.deepEqual([busy!.links.length, busy!.links[0]!.attributes?.index, busy!.droppedLinksCount], [128, 2, 2]);
});

test('an exception is an event of its own', () => {
  const { start, spans } = world();
  const span = start('failing');
  span.recordException(new RangeError('no'));
  span.recordException('in words');
  span.end();
  const [error, words] = spans()[0]!.events;
  assert.deepEqual(
    [error!.name, error!.attributes!['exception.type'], error!.attributes!['exception.message']],
    ['exception', 'RangeError', 'no'],
  );
  assert.equal(words!.attributes!['exception.message'], 'in words');
});

test("a span's context says that it is active, and takes further values", () => {
  const { start } = world();
  const span = start('active');
  const active = contextOf(span);
  assert.equal(trace.getSpan(active), span);
  assert.equal(isTracingSuppressed(active), false);
  const suppressed = suppressTracing(active);
  assert.equal(trace.getSpan(suppressed), span);
  assert.equal(isTracingSuppressed(suppressed), true);
  assert.equal(trace.getSpan(trace.deleteSpan(active)), undefined);
});
