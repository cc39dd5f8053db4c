import type { Clock, Timer } from '@penstock/clock';
import { bucketQuantile, type CumulativeBucket, type RequestCounts } from '@penstock/telemetry';

/** How requests ended: below 400, 4xx, 5xx. */
export interface Outcomes {
  readonly answered: number;
  readonly rejected: number;
  readonly failed: number;
}

/** Quantiles of the time to the end of the reply, milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What happened between two looks at the histogram. */
export interface TrafficPoint {
  /** Its end, milliseconds since the Unix epoch. */
  readonly at: number;
  readonly seconds: number;
  readonly outcomes: Outcomes;
  /** Null where no request ended. */
  readonly latency: Latency | null;
  readonly buckets: readonly CumulativeBucket[];
}

/** Several points put together. */
export type TrafficWindow = Omit<TrafficPoint, 'at'>;

interface TrafficDeps {
  readonly clock: Clock;
  /** The requests since the start, as the histogram has them. */
  readonly read: () => Promise<readonly RequestCounts[]>;
  readonly onError: (error: unknown) => void;
}

export const SAMPLE_MS = 5000;
const POINTS = 60;

/**
 * The last five minutes of requests, as the differences of the histogram that Prometheus reads: percentiles since the
 * start would dull with uptime, and a measurement of our own could disagree with the series.
 */
export class Traffic {
  readonly #deps: TrafficDeps;
  readonly #points: TrafficPoint[] = [];
  #before: Totals = NOTHING;
  #lookedAt: number;
  #timer: Timer | undefined;

  constructor(deps: TrafficDeps) {
    this.#deps = deps;
    this.#lookedAt = deps.clock.monotonic();
    this.#plan();
  }

  /** Oldest first. */
  get points(): readonly TrafficPoint[] {
    return this.#points;
  }

  /** The last `ms` milliseconds, in whole points. */
  window(ms: number): TrafficWindow {
    return together(this.#points.slice(-Math.ceil(ms / SAMPLE_MS)), this.#before.max);
  }

  /** Takes the point that ends now. */
  async sample(): Promise<void> {
    const { clock, read } = this.#deps;
    const now = totals(await read());
    const lookedAt = clock.monotonic();
    const outcomes = minus(now.outcomes, this.#before.outcomes);
    const buckets = now.buckets.map(({ le, count }, at) => ({ le, count: count - (this.#before.buckets[at]?.count ?? 0) }));
    const seconds = (lookedAt - this.#lookedAt) / 1000;
    this.#points.push({ at: clock.now(), seconds, outcomes, buckets, latency: latencyOf(buckets, now.max) });
    if (this.#points.length > POINTS) this.#points.shift();
    this.#before = now;
    this.#lookedAt = lookedAt;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #plan(): void {
    const { clock, onError } = this.#deps;
    this.#timer = clock.timer(
      SAMPLE_MS,
      () => {
        this.#plan();
        this.sample().catch(onError);
      },
      { keepAlive: false },
    );
  }
}

interface Totals {
  readonly outcomes: Outcomes;
  readonly buckets: readonly CumulativeBucket[];
  /** The longest request of all, seconds. */
  readonly max: number;
}

const NO_OUTCOMES: Outcomes = Object.freeze({ answered: 0, rejected: 0, failed: 0 });
const NOTHING: Totals = Object.freeze({ outcomes: NO_OUTCOMES, buckets: [], max: 0 });

function totals(counts: readonly RequestCounts[]): Totals {
  return counts.reduce<Totals>(
    (sum, { labels, buckets, max }) => ({
      outcomes: plus(sum.outcomes, { ...NO_OUTCOMES, [outcomeOf(labels.status)]: buckets.at(-1)?.count ?? 0 }),
      buckets: addBuckets(sum.buckets, buckets),
      max: Math.max(sum.max, max),
    }),
    NOTHING,
  );
}

function outcomeOf(status: string): keyof Outcomes {
  if (status.startsWith('5')) return 'failed';
  return status.startsWith('4') ? 'rejected' : 'answered';
}

function together(points: readonly TrafficPoint[], max: number): TrafficWindow {
  const buckets = points.reduce<readonly CumulativeBucket[]>((sum, point) => addBuckets(sum, point.buckets), []);
  return {
    seconds: points.reduce((sum, { seconds }) => sum + seconds, 0),
    outcomes: points.reduce((sum, { outcomes }) => plus(sum, outcomes), NO_OUTCOMES),
    buckets,
    latency: latencyOf(buckets, max),
  };
}

/** All label sets of one histogram have the same bounds. */
function addBuckets(one: readonly CumulativeBucket[], other: readonly CumulativeBucket[]): readonly CumulativeBucket[] {
  if (one.length === 0) return other;
  return one.map(({ le, count }, at) => ({ le, count: count + (other[at]?.count ?? 0) }));
}

function latencyOf(buckets: readonly CumulativeBucket[], max: number): Latency | null {
  if ((buckets.at(-1)?.count ?? 0) === 0) return null;
  const ms = (q: number): number => 1000 * bucketQuantile(q, buckets, 0, max);
  return { p50: ms(0.5), p95: ms(0.95), p99: ms(0.99) };
}

const combined = (one: Outcomes, other: Outcomes, sign: 1 | -1): Outcomes => ({
  answered: one.answered + sign * other.answered,
  rejected: one.rejected + sign * other.rejected,
  failed: one.failed + sign * other.failed,
});
const plus = (one: Outcomes, other: Outcomes): Outcomes => combined(one, other, 1);
const minus = (one: Outcomes, other: Outcomes): Outcomes => combined(one, other, -1);
