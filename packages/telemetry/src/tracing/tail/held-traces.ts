import { type Span, SpanKind, TraceFlags } from '@opentelemetry/api';
import type { Clock, Timer } from '@penstock/clock';
import { TransientMap } from '@penstock/collections';
import type { PlainSpan } from '../plain-span.ts';
import { estimatedBytes } from '../span-size.ts';
import type { KeptListener } from '../tracing.ts';
import { isLocalRoot, type KeepReason, keepReason } from './keep-reason.ts';

/** How long a trace waits at most for the word that keeps it, after its request has ended here, milliseconds. */
export const HOLD_MS = 10_000;
/** What is held at most, of all traces and of one. */
export const MAX_HELD_SPANS = 16_384;
export const MAX_HELD_BYTES = 16 * 1024 * 1024;
export const MAX_SPANS_OF_TRACE = 1024;
/** A client may use one trace id for ever. */
const MAX_LINKS_OF_TRACE = 100;
/** Traces that were to be kept and may still begin here; the oldest are forgotten first. */
const MAX_EXPECTED = 10_000;
const SWEEP_MS = 1000;

export type HeldResult = 'kept' | 'dropped' | 'expired' | 'full';

/** Where sampled spans go on their way to an exporter. */
export interface SpanOutlet {
  onEnd(span: PlainSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface HeldTracesOptions {
  /** Where sampled spans go, and those that are kept. */
  readonly outlets: readonly SpanOutlet[];
  readonly clock: Clock;
  readonly slowMs: number;
  /** `own roots`: a trace that came from a caller waits for its word. */
  readonly decides: 'all' | 'own roots';
  readonly onKept: KeptListener;
  readonly countTrace: (reason: KeepReason) => void;
  readonly countSpans: (result: HeldResult, spans: number) => void;
}

/** The spans of one trace that is not sampled. */
interface HeldTrace {
  readonly id: string;
  /** On the monotonic clock, ms. */
  readonly startedAt: number;
  readonly open: Set<PlainSpan>;
  ended: PlainSpan[];
  bytes: number;
  /** How many of the open spans are of requests. */
  requests: number;
  /** Whether it is decided here. */
  ours: boolean;
  /** Traces that go where it goes: it links to them. */
  readonly linked: Set<string>;
  /** When it is given up, on the monotonic clock, ms: set once no request of it is open. */
  until: number;
}

/**
 * The tail rule: holds the spans of traces that were not sampled until it is known whether they are kept. A trace that
 * is decided here is kept as soon as one of its spans gives a reason, and dropped when its request ends without one.
 * Its open spans are marked as sampled then, so that whatever is done for it from there on is sampled as usual.
 */
export class HeldTraces {
  readonly #options: HeldTracesOptions;
  readonly #traces = new TransientMap<string, HeldTrace>();
  /** Those without an open request, in the order of `until`. */
  readonly #waiting = new Set<HeldTrace>();
  /** Ids of traces to be kept → until when, in that order. */
  readonly #expected = new Map<string, number>();
  #spans = 0;
  #bytes = 0;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: HeldTracesOptions) {
    this.#options = options;
  }

  /** Spans held. */
  get size(): number {
    return this.#spans;
  }

  onStart(span: PlainSpan): void {
    const { traceId } = span.spanContext();
    if (this.#expected.size > 0 && this.#expected.has(traceId)) markSampled(span);
    if (!isSampled(span) && !this.#closed) this.#follow(span, traceId);
  }

  onEnd(span: PlainSpan): void {
    if (!isSampled(span)) {
      this.#ended(span);
      if (!isSampled(span)) return;
    }
    for (const outlet of this.#options.outlets) outlet.onEnd(span);
  }

  /** Keeps these traces, whether they are held or begin within the time that a trace is held for. */
  keep(traceIds: readonly string[]): void {
    if (this.#closed) return;
    const until = this.#options.clock.monotonic() + HOLD_MS;
    for (const id of traceIds) {
      const trace = this.#traces.get(id);
      if (trace !== undefined) this.#keep(trace, 'told');
      this.#expected.delete(id);
      this.#expected.set(id, until);
    }
    for (const [oldest] of this.#expected) {
      if (this.#expected.size <= MAX_EXPECTED) break;
      this.#expected.delete(oldest);
    }
    this.#sweepLater();
  }

  /** Keeps the trace of `linked` as soon as that of `span` is sampled or kept, if it is decided here and not decided yet. */
  keepTogether(span: Span, linked: Span): void {
    const id = linked.spanContext().traceId;
    if (isSampled(span)) {
      this.#keepLinked(id);
      return;
    }
    const linking = this.#traces.get(span.spanContext().traceId);
    if (linking !== undefined && linking.linked.size < MAX_LINKS_OF_TRACE) linking.linked.add(id);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#options.outlets.map((outlet) => outlet.forceFlush()));
  }

  /** Drops what is undecided: nobody can tell any more. */
  async shutdown(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const trace of [...this.#traces.values()]) this.#forget(trace, 'dropped');
    this.#expected.clear();
    await Promise.all(this.#options.outlets.map((outlet) => outlet.shutdown()));
  }

  #follow(span: PlainSpan, id: string): void {
    const { clock, decides } = this.#options;
    const known = this.#traces.get(id);
    const trace = known ?? {
      id,
      startedAt: clock.monotonic(),
      open: new Set<PlainSpan>(),
      ended: [],
      bytes: 0,
      requests: 0,
      ours: decides === 'all',
      linked: new Set<string>(),
      until: Number.POSITIVE_INFINITY,
    };
    if (known === undefined) this.#traces.set(id, trace);
    trace.open.add(span);
    if (isLocalRoot(span)) {
      trace.requests++;
      trace.ours ||= span.parentSpanContext === undefined;
    } else if (trace.requests === 0) this.#wait(trace);
    this.#sweepLater();
  }

  #ended(span: PlainSpan): void {
    const { slowMs, countSpans } = this.#options;
    const trace = this.#traces.get(span.spanContext().traceId);
    // Its trace was given up while it was open.
    if (trace?.open.has(span) !== true) {
      countSpans('dropped', 1);
      return;
    }
    const reason = trace.ours ? keepReason(span, slowMs) : undefined;
    if (reason !== undefined) {
      this.#keep(trace, reason);
      return;
    }
    trace.open.delete(span);
    this.#hold(trace, span);
    if (isLocalRoot(span)) trace.requests--;
    if (trace.requests > 0) return;
    if (trace.ours && trace.open.size === 0) this.#forget(trace, 'dropped');
    else this.#wait(trace);
  }

  #hold(trace: HeldTrace, span: PlainSpan): void {
    const bytes = estimatedBytes(span);
    this.#makeRoom(bytes, trace);
    if (trace.ended.length >= MAX_SPANS_OF_TRACE || !this.#hasRoom(bytes)) {
      this.#options.countSpans('full', 1);
      return;
    }
    trace.ended.push(span);
    trace.bytes += bytes;
    this.#spans++;
    this.#bytes += bytes;
  }

  // Of those that nobody has spoken for, the one that has waited longest goes first.
  #makeRoom(bytes: number, except: HeldTrace): void {
    for (const oldest of this.#waiting) {
      if (this.#hasRoom(bytes)) return;
      if (oldest !== except) this.#forget(oldest, 'full');
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#spans < MAX_HELD_SPANS && this.#bytes + bytes <= MAX_HELD_BYTES;
  }

  #keep(trace: HeldTrace, reason: KeepReason): void {
    const { outlets, countTrace, onKept } = this.#options;
    const { id, open, ended } = trace;
    const callees = calleesOf([...open, ...ended]);
    for (const span of open) markSampled(span);
    this.#forget(trace, 'kept', open.size);
    countTrace(reason);
    for (const span of ended) {
      markSampled(span);
      for (const outlet of outlets) outlet.onEnd(span);
    }
    if (reason !== 'told') onKept(id, callees);
    for (const each of trace.linked) this.#keepLinked(each);
  }

  #keepLinked(id: string): void {
    const trace = this.#traces.get(id);
    if (trace?.ours === true) this.#keep(trace, 'linked');
  }

  #forget(trace: HeldTrace, result: HeldResult, open = 0): void {
    if (trace.ended.length + open > 0) this.#options.countSpans(result, trace.ended.length + open);
    this.#spans -= trace.ended.length;
    this.#bytes -= trace.bytes;
    this.#traces.delete(trace.id);
    this.#waiting.delete(trace);
  }

  #wait(trace: HeldTrace): void {
    if (this.#waiting.has(trace)) return;
    // It is given up by the sweep that comes next.
    trace.until = this.#options.clock.monotonic() + HOLD_MS - SWEEP_MS;
    this.#waiting.add(trace);
  }

  #sweepLater(): void {
    if (this.#traces.size + this.#expected.size === 0) return;
    this.#timer ??= this.#options.clock.timer(SWEEP_MS, () => this.#sweep(), { keepAlive: false });
  }

  #sweep(): void {
    const { clock, slowMs } = this.#options;
    const now = clock.monotonic();
    this.#timer = undefined;
    for (const trace of this.#waiting) {
      if (trace.until > now) break;
      this.#expire(trace);
    }
    for (const [id, until] of this.#expected) {
      if (until > now) break;
      this.#expected.delete(id);
    }
    for (const trace of this.#traces.values()) {
      if (now - trace.startedAt < slowMs) break;
      // Told early, so that whoever was called still has its half.
      if (trace.ours && trace.requests > 0) this.#keep(trace, 'slow');
    }
    this.#sweepLater();
  }

  #expire(trace: HeldTrace): void {
    this.#forget(trace, trace.ours ? 'dropped' : 'expired');
    if (trace.requests === 0) return;
    // Another request of the same trace is under way, and may yet be kept.
    this.#traces.set(trace.id, Object.assign(trace, { ended: [], bytes: 0 }));
  }
}

const isSampled = (span: Pick<Span, 'spanContext'>): boolean => (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;

// The context is shared by whoever starts a child: from here on they are sampled, here and in what is called.
function markSampled(span: PlainSpan): void {
  span.spanContext().traceFlags |= TraceFlags.SAMPLED;
}

function calleesOf(spans: readonly PlainSpan[]): ReadonlySet<string> {
  const urls = spans.filter(({ kind }) => kind === SpanKind.CLIENT).map((span) => span.attribute('url.full'));
  return new Set(urls.filter((url) => typeof url === 'string').map((url) => new URL(url).origin));
}
