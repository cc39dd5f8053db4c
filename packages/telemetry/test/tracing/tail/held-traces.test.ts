import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Context, ROOT_CONTEXT, type Span, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { FakeClock } from '@penstock/clock';
import { addSpanEvent, endSpan, type SpanEventName } from '../../../src/index.ts';
import type { PlainSpan } from '../../../src/tracing/plain-span.ts';
import {
  HeldTraces,
  HOLD_MS,
  MAX_HELD_BYTES,
  MAX_HELD_SPANS,
  MAX_SPANS_OF_TRACE,
} from '../../../src/tracing/tail/held-traces.ts';
import { tracerWith } from '../../support/recording-tracing.ts';

const SLOW_MS = 1000;
/** Of a trace that nobody sampled. */
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const called = (traceFlags: TraceFlags = TraceFlags.NONE, traceId = TRACE_ID): Context =>
  trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: 'b7ad6b7169203331', traceFlags, isRemote: true });

const settled = (): Promise<void> => Promise.resolve();

function world(decides: 'all' | 'own roots' = 'all') {
  const clock = new FakeClock();
  const ended: PlainSpan[] = [];
  const told: { readonly traceId: string; readonly callees: readonly string[] }[] = [];
  const reasons: string[] = [];
  const counts: Record<string, number> = {};
  const held = new HeldTraces({
    outlets: [{ onEnd: (span) => void ended.push(span), forceFlush: settled, shutdown: settled }],
    clock,
    slowMs: SLOW_MS,
    decides,
    onKept: (traceId, callees) => void told.push({ traceId, callees: [...callees] }),
    countTrace: (reason) => void reasons.push(reason),
    countSpans: (result, spans) => {
      counts[result] = (counts[result] ?? 0) + spans;
    },
  });
  // So small a share that no trace of a test is sampled.
  const tracer = tracerWith(held, { clock, ratio: 1e-9 });
  const server = (from: Context = ROOT_CONTEXT): Span => tracer.startSpan('server', { kind: SpanKind.SERVER }, from);
  const child = (parent: Span, name = 'child'): Span => tracer.startSpan(name, {}, trace.setSpan(ROOT_CONTEXT, parent));
  const attempt = (parent: Span, url = 'http://engine:8080/api/x'): Span =>
    tracer.startSpan('attempt', { kind: SpanKind.CLIENT, attributes: { 'url.full': url } }, trace.setSpan(ROOT_CONTEXT, parent));
  const exported = (): string[] => ended.map(({ name }) => name);
  return { clock, held, tracer, server, child, attempt, exported, ended, told, reasons, counts };
}

describe('the spans of a trace that was not sampled and is decided here', () => {
  it('are dropped when the request ends without a reason to keep them', () => {
    const { server, child, attempt, exported, counts, held } = world();
    const request = server();
    endSpan(child(request));
    endSpan(attempt(request), { status: 200 });
    assert.equal(held.size, 2);
    endSpan(request, { status: 200 });
    assert.deepEqual(exported(), []);
    assert.deepEqual(counts, { dropped: 3 });
    assert.equal(held.size, 0);
  });

  it('are kept, all of them and marked as sampled, when the request fails', () => {
    const { server, child, exported, ended, counts, reasons } = world();
    const request = server();
    endSpan(child(request));
    const late = child(request, 'late');
    endSpan(request, { status: 500 });
    endSpan(late);
    assert.deepEqual(exported(), ['child', 'server', 'late']);
    assert.ok(ended.every((span) => span.spanContext().traceFlags === TraceFlags.SAMPLED));
    assert.deepEqual(reasons, ['error']);
    assert.deepEqual(counts, { kept: 3 });
  });

  for (const [event, reason] of [
    ['retry.scheduled', 'retried'],
    ['hedge.started', 'hedged'],
    ['breaker.transition', 'transition'],
  ] as const satisfies readonly (readonly [SpanEventName, string])[]) {
    it(`are kept for the event ${event}`, () => {
      const { server, child, exported, reasons } = world();
      const request = server();
      addSpanEvent(request, event);
      endSpan(child(request));
      endSpan(request, { status: 200 });
      assert.deepEqual(exported(), ['child', 'server']);
      assert.deepEqual(reasons, [reason]);
    });
  }

  it('are kept of a request that took as long as TRACE_SLOW_MS, and of none that was faster', () => {
    for (const [ms, kept] of [
      [SLOW_MS - 1, false],
      [SLOW_MS, true],
    ] as const) {
      const { tracer, exported, reasons } = world();
      const startTime = Date.now();
      tracer.startSpan('server', { kind: SpanKind.SERVER, startTime }).end(startTime + ms);
      assert.deepEqual([exported(), reasons], kept ? [['server'], ['slow']] : [[], []]);
    }
  });

  it('are kept of a slow request while it is still under way', async () => {
    const { server, child, exported, clock, told } = world();
    const request = server();
    endSpan(child(request));
    await clock.advance(SLOW_MS + 1000);
    assert.deepEqual(exported(), ['child']);
    assert.equal(told.length, 1);
    endSpan(child(request, 'later'));
    endSpan(request, { status: 200 });
    assert.deepEqual(exported(), ['child', 'later', 'server']);
  });

  it('are kept from a failed attempt on; what is called after it is told by the sampled flag', () => {
    const { server, attempt, exported, told, reasons } = world();
    const request = server();
    endSpan(attempt(request, 'http://engine-1:8080/api/x'), { error: 'ECONNRESET' });
    assert.deepEqual(told, [{ traceId: request.spanContext().traceId, callees: ['http://engine-1:8080'] }]);
    const second = attempt(request, 'http://engine-2:8080/api/x');
    assert.equal(second.spanContext().traceFlags, TraceFlags.SAMPLED);
    endSpan(second, { status: 200 });
    endSpan(request, { status: 200 });
    assert.deepEqual(exported(), ['attempt', 'attempt', 'server']);
    assert.deepEqual(reasons, ['failed_attempt']);
    assert.equal(told.length, 1);
  });

  it('name every callee, those included whose attempts are under way', () => {
    const { server, attempt, told } = world();
    const request = server();
    attempt(request, 'http://engine-1:8080/api/x');
    endSpan(attempt(request, 'http://engine-2:8080/api/x'), { error: 'timeout' });
    assert.deepEqual(told[0]?.callees.toSorted(), ['http://engine-1:8080', 'http://engine-2:8080']);
  });

  it('are no reason by an attempt that was answered 4xx', () => {
    const { server, attempt, exported } = world();
    const request = server();
    endSpan(attempt(request), { status: 422 });
    endSpan(request, { status: 422 });
    assert.deepEqual(exported(), []);
  });

  it('wait for what outlives the request, and are kept where that fails', () => {
    const { server, attempt, exported, held } = world();
    const request = server();
    const execution = attempt(request);
    endSpan(request, { status: 200 });
    assert.equal(held.size, 1);
    endSpan(execution, { error: 'ECONNRESET' });
    assert.deepEqual(exported(), ['server', 'attempt']);
  });

  it('are kept with a trace that links to them: at once where that is sampled, else when it is kept', () => {
    for (const sampled of [true, false]) {
      const { server, attempt, exported, held, reasons, told } = world();
      const computing = server();
      endSpan(attempt(computing), { status: 200 });
      const sharing = server(sampled ? called(TraceFlags.SAMPLED) : called());
      held.keepTogether(sharing, computing);
      assert.deepEqual(reasons, sampled ? ['linked'] : []);
      endSpan(sharing, { status: 499, error: 'client_aborted' });
      assert.deepEqual(reasons, sampled ? ['linked'] : ['error', 'linked']);
      assert.deepEqual(told.at(-1), { traceId: computing.spanContext().traceId, callees: ['http://engine:8080'] });
      endSpan(computing, { status: 200 });
      assert.deepEqual(exported().toSorted(), ['attempt', 'server', 'server']);
    }
  });

  it('are dropped with a trace that links to them, and where they are decided before it is', () => {
    const { server, exported, held, counts } = world();
    const [computing, sharing, later] = [server(), server(), server()];
    held.keepTogether(sharing, computing);
    endSpan(sharing, { status: 200 });
    endSpan(computing, { status: 200 });
    held.keepTogether(later, computing);
    endSpan(later, { status: 500 });
    assert.deepEqual(exported(), ['server']);
    assert.deepEqual(counts, { dropped: 2, kept: 1 });
  });

  it('are decided here as well where a caller from outside did not sample', () => {
    const { server, exported } = world();
    endSpan(server(called()), { status: 200 });
    assert.deepEqual(exported(), []);
    endSpan(server(called()), { status: 503 });
    assert.deepEqual(exported(), ['server']);
  });
});

describe('the spans of a trace that was sampled', () => {
  it('pass at once', () => {
    const { server, child, exported, counts } = world();
    const request = server(called(TraceFlags.SAMPLED));
    endSpan(child(request));
    assert.deepEqual(exported(), ['child']);
    endSpan(request);
    assert.deepEqual(exported(), ['child', 'server']);
    assert.deepEqual(counts, {});
  });
});

describe('the spans of a trace whose caller decides', () => {
  it('are kept when it says so, those included that are still open, and tell nobody further', () => {
    const { server, child, exported, held, reasons, told } = world('own roots');
    const request = server(called());
    endSpan(child(request));
    held.keep([TRACE_ID]);
    assert.deepEqual(exported(), ['child']);
    endSpan(request, { status: 200 });
    assert.deepEqual(exported(), ['child', 'server']);
    assert.deepEqual(reasons, ['told']);
    assert.deepEqual(told, []);
  });

  it('are kept when it said so before they began, for as long as a trace is held', async () => {
    const { server, exported, held, clock } = world('own roots');
    held.keep([TRACE_ID]);
    endSpan(server(called()));
    assert.deepEqual(exported(), ['server']);
    await clock.advance(HOLD_MS + 1000);
    endSpan(server(called()));
    assert.deepEqual(exported(), ['server']);
    await clock.advance(HOLD_MS + 1000);
    assert.equal(clock.pendingTimers, 0);
  });

  it('are not kept by an error of their own: the caller knows how its request ended', async () => {
    const { server, exported, held, clock, counts } = world('own roots');
    endSpan(server(called()), { status: 500 });
    assert.equal(held.size, 1);
    await clock.advance(HOLD_MS);
    assert.equal(held.size, 0);
    held.keep([TRACE_ID]);
    assert.deepEqual(exported(), []);
    assert.deepEqual(counts, { expired: 1 });
  });

  it('wait no longer than ten seconds after the end of their request, however long that took', async () => {
    const { server, child, exported, held, clock } = world('own roots');
    const request = server(called());
    endSpan(child(request));
    await clock.advance(6 * HOLD_MS);
    assert.equal(held.size, 1);
    endSpan(request, { status: 200 });
    await clock.advance(HOLD_MS - 2000);
    held.keep([TRACE_ID]);
    assert.deepEqual(exported(), ['child', 'server']);
  });

  it('of another request of the same trace outlive the first one', async () => {
    const { server, exported, held, clock } = world('own roots');
    endSpan(server(called()));
    const second = server(called());
    await clock.advance(HOLD_MS + 1000);
    held.keep([TRACE_ID]);
    endSpan(second);
    assert.deepEqual(exported(), ['server']);
  });

  it('are decided here where the trace began here', () => {
    const { server, exported, reasons } = world('own roots');
    endSpan(server(), { status: 200 });
    endSpan(server(), { status: 500 });
    assert.deepEqual(exported(), ['server']);
    assert.deepEqual(reasons, ['error']);
  });
});

const idOf = (index: number): string => (index + 1).toString(16).padStart(32, '0');

describe('what is held', () => {
  it('is bounded in spans: those that have waited longest make room', () => {
    const { server, held, exported, counts } = world('own roots');
    for (let index = 0; index < MAX_HELD_SPANS + 5; index++) endSpan(server(called(TraceFlags.NONE, idOf(index))));
    assert.equal(held.size, MAX_HELD_SPANS);
    assert.deepEqual(counts, { full: 5 });
    held.keep([idOf(0), idOf(MAX_HELD_SPANS)]);
    assert.deepEqual(exported(), ['server']);
  });

  it('is bounded in bytes', () => {
    const { server, held, counts } = world('own roots');
    const large = 'x'.repeat(1024 * 1024);
    for (let index = 0; index < 20; index++) {
      const span = server(called(TraceFlags.NONE, idOf(index)));
      span.setAttribute('penstock.reason', large);
      endSpan(span);
    }
    assert.ok(held.size < MAX_HELD_BYTES / large.length, `${held.size} spans of a mebibyte are held`);
    assert.equal(counts.full, 20 - held.size);
  });

  it('is bounded for one trace', () => {
    const { server, child, held, counts } = world();
    const request = server();
    for (let index = 0; index < MAX_SPANS_OF_TRACE + 3; index++) endSpan(child(request));
    assert.equal(held.size, MAX_SPANS_OF_TRACE);
    assert.deepEqual(counts, { full: 3 });
  });

  it('leaves nothing behind after more requests than it holds, told or not', async () => {
    for (const decides of ['all', 'own roots'] as const) {
      const { server, child, held, clock, ended } = world(decides);
      for (let index = 0; index < 2 * MAX_HELD_SPANS; index++) {
        const request = server(called(TraceFlags.NONE, idOf(index)));
        endSpan(child(request));
        endSpan(request, { status: index % 100 === 0 ? 500 : 200 });
        if (index % 1000 === 0) held.keep([idOf(index)]);
        ended.length = 0;
      }
      await clock.advance(2 * HOLD_MS);
      assert.equal(held.size, 0);
      assert.equal(clock.pendingTimers, 0, 'nothing is left to be swept');
    }
  });

  it('is dropped at the shutdown, what is decided is sent', async () => {
    const { held, server, child, exported, counts, clock } = world();
    const [good, bad] = [server(), server()];
    endSpan(child(good));
    endSpan(bad, { status: 500 });
    const sent = exported();
    await held.shutdown();
    assert.deepEqual(sent, ['server']);
    assert.deepEqual(counts, { kept: 1, dropped: 1 });
    assert.equal(clock.pendingTimers, 0);
    endSpan(good);
    assert.deepEqual(counts, { kept: 1, dropped: 2 });
  });
});
