import type { Clock } from '@penstock/clock';

const HOUR_MS = 3_600_000;
/** Hours that are kept, the one that is under way included. */
export const KEPT_HOURS = 24;

/** What was answered in one hour, as `/api/metrics?format=json` shows it. */
export interface HourSummary {
  /** When it began: ISO 8601, UTC. */
  readonly hour: string;
  readonly requests: number;
  /** Below 400. */
  readonly success: number;
  /** From 500 on. */
  readonly failed: number;
  /** Requests by the status of their reply; 499 where the client had left. */
  readonly by_status: Readonly<Record<string, number>>;
  /** Error replies by row of the error table. */
  readonly by_error: Readonly<Record<string, number>>;
  /** Milliseconds; null without requests. */
  readonly duration_ms: { readonly avg: number; readonly min: number; readonly max: number } | null;
}

interface Hour {
  /** Hours since the Unix epoch. */
  readonly number: number;
  readonly statuses: Map<number, number>;
  readonly errors: Map<string, number>;
  requests: number;
  sumMs: number;
  minMs: number;
  maxMs: number;
}

/** Statistics of the requests of the last 24 hours, hour by hour. Its size is bounded, and no timer moves it on. */
export class HourlyStatistics {
  readonly #clock: Clock;
  #hours: Hour[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  request(status: number, ms: number): void {
    const hour = this.#current();
    hour.requests++;
    hour.sumMs += ms;
    hour.minMs = Math.min(hour.minMs, ms);
    hour.maxMs = Math.max(hour.maxMs, ms);
    increment(hour.statuses, status);
  }

  error(code: string): void {
    increment(this.#current().errors, code);
  }

  /** Oldest first; an hour in which nothing was asked is left out. */
  summaries(): readonly HourSummary[] {
    this.#drop(this.#now());
    return this.#hours.map(summaryOf);
  }

  #now(): number {
    return Math.floor(this.#clock.now() / HOUR_MS);
  }

  #current(): Hour {
    const number = this.#now();
    const last = this.#hours.at(-1);
    // A clock that was set back counts into the hour that was reached.
    if (last !== undefined && last.number >= number) return last;
    const hour: Hour = {
      number,
      statuses: new Map(),
      errors: new Map(),
      requests: 0,
      sumMs: 0,
      minMs: Number.POSITIVE_INFINITY,
      maxMs: 0,
    };
    this.#hours.push(hour);
    this.#drop(number);
    return hour;
  }

  #drop(now: number): void {
    this.#hours = this.#hours.filter(({ number }) => number > now - KEPT_HOURS);
  }
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function summaryOf({ number, statuses, errors, requests, sumMs, minMs, maxMs }: Hour): HourSummary {
  const where = (has: (status: number) => boolean): number =>
    [...statuses].reduce((sum, [status, count]) => (has(status) ? sum + count : sum), 0);
  return {
    hour: new Date(number * HOUR_MS).toISOString(),
    requests,
    success: where((status) => status < 400),
    failed: where((status) => status >= 500),
    by_status: Object.fromEntries(statuses),
    by_error: Object.fromEntries(errors),
    duration_ms: requests === 0 ? null : { avg: sumMs / requests, min: minMs, max: maxMs },
  };
}
