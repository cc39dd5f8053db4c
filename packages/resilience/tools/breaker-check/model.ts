import type { BreakerOptions } from '@penstock/resilience';

export type ModelOutcome = 'success' | 'failure' | 'neutral';
export type ModelPermit = { readonly id: number; readonly epoch: number };

type Kind = 'break' | 'lease' | 'ask' | 'limit';
interface ModelTimer {
  readonly kind: Kind;
  readonly at: number;
  readonly permit?: number;
}

/**
 * What the breaker is meant to be, written down a second time: plain numbers and one list of timers, nothing shared with
 * the implementation but its options. Chance is left out: every break and every wait is as long as it can be.
 */
export class Model {
  readonly #options: BreakerOptions;
  /** What failures are counted in: so many parts are a call. */
  readonly #parts: number;
  now = 0;
  phase: 'closed' | 'open' | 'half_open' = 'closed';
  epoch = 0;
  /** Failed attempts in a row. */
  attempts = 0;
  trips = 0;
  /** Whether readiness is believed. */
  believed = true;
  asking = false;
  #failedParts = 0;
  #closedAt = Number.NEGATIVE_INFINITY;
  #until = 0;
  #early = false;
  #successes = 0;
  #askedAt = 0;
  #ids = 0;
  /** In the order of their creation, in which those of one time fire. */
  #timers: ModelTimer[] = [];

  constructor(options: BreakerOptions, parts = 1) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Whole failed calls in a row. */
  get failures(): number {
    return (this.#failedParts - (this.#failedParts % this.#parts)) / this.#parts;
  }

  get timers(): number {
    return this.#timers.length;
  }

  get nextIn(): number | undefined {
    const next = this.#next();
    return next && Math.max(0, next.at - this.now);
  }

  get leases(): number {
    return this.#timers.filter(({ kind }) => kind === 'lease').length;
  }

  get retryAfterMs(): number {
    if (this.phase === 'open') return Math.max(0, this.#until - this.now);
    if (this.phase === 'closed' || this.leases < this.#options.probes) return 0;
    const ends = this.#timers.filter(({ kind }) => kind === 'lease').map(({ at }) => Math.max(0, at - this.now));
    return Math.min(1000, this.#options.probeLeaseMs, ...ends);
  }

  admit(): ModelPermit | undefined {
    if (this.phase === 'open' && this.now >= this.#until) this.#enterHalfOpen(false);
    if (this.phase === 'open') return undefined;
    const permit = { id: ++this.#ids, epoch: this.epoch };
    if (this.phase === 'closed') return permit;
    if (this.leases >= this.#options.probes) return undefined;
    this.#start('lease', this.#options.probeLeaseMs, permit.id);
    return permit;
  }

  /** Whether the outcome was heard; a failure is one call in so many `parts`. */
  settle(permit: ModelPermit, outcome: ModelOutcome, parts = 1): boolean {
    if (permit.epoch !== this.epoch) return false;
    if (this.phase === 'half_open') this.#settleProbe(permit, outcome);
    else if (outcome === 'success') this.#failedParts = 0;
    else if (outcome === 'failure') this.#callFailed(parts);
    return true;
  }

  attemptFailed(permit: ModelPermit): void {
    if (permit.epoch !== this.epoch || this.phase !== 'closed') return;
    if (++this.attempts === this.#options.consecutiveAttempts) this.#trip();
  }

  mayContinue(permit: ModelPermit): boolean {
    return this.phase === 'closed' || (this.phase === 'half_open' && permit.epoch === this.epoch);
  }

  answer(ready: boolean): void {
    this.#stop('limit');
    this.asking = false;
    if (ready) this.#enterHalfOpen(true);
    else this.#start('ask', Math.max(0, this.#options.readinessMs - (this.now - this.#askedAt)));
  }

  hurry(): void {
    if (!this.#timers.some(({ kind }) => kind === 'ask')) return;
    this.#stop('ask');
    this.#start('ask', Math.max(0, this.#options.readinessMs / 10 - (this.now - this.#askedAt)));
  }

  skip(): void {
    this.now += this.nextIn ?? 0;
  }

  fire(): void {
    const timer = this.#next();
    if (timer === undefined) return;
    this.skip();
    this.#timers = this.#timers.filter((other) => other !== timer);
    if (timer.kind === 'break') this.#enterHalfOpen(false);
    else if (timer.kind === 'limit') this.answer(false);
    else if (timer.kind === 'ask') {
      this.asking = true;
      this.#askedAt = this.now;
      this.#start('limit', this.#options.readinessTimeoutMs);
    } else {
      this.#failedParts += this.#parts;
      this.#trip();
    }
  }

  #callFailed(parts: number): void {
    this.#failedParts += this.#parts / parts;
    if (this.failures >= this.#options.consecutiveCalls) this.#trip();
  }

  #settleProbe(permit: ModelPermit, outcome: ModelOutcome): void {
    if (outcome === 'failure') {
      this.#failedParts += this.#parts;
      this.#trip();
      return;
    }
    this.#timers = this.#timers.filter((timer) => timer.permit !== permit.id);
    if (outcome === 'neutral' || ++this.#successes < this.#options.probeSuccesses) return;
    this.#timers = [];
    this.phase = 'closed';
    this.epoch++;
    this.#failedParts = 0;
    this.attempts = 0;
    this.#closedAt = this.now;
  }

  #trip(): void {
    if (this.phase === 'closed' && this.now - this.#closedAt > this.#options.openMs) this.trips = 0;
    if (this.phase === 'half_open' && this.#early) this.believed = false;
    this.phase = 'open';
    this.epoch++;
    this.trips++;
    const { openMs, firstOpenRatio, openFactor, readinessMs } = this.#options;
    const breakMs = Math.min(openMs, openMs * firstOpenRatio * openFactor ** (this.trips - 1));
    this.#timers = [];
    this.#until = this.now + breakMs;
    this.#start('break', breakMs);
    if (readinessMs === 0 || !this.believed) return;
    this.#askedAt = this.now;
    this.#start('ask', readinessMs);
  }

  #enterHalfOpen(early: boolean): void {
    this.phase = 'half_open';
    this.epoch++;
    this.#early = early;
    if (!early) this.believed = true;
    this.asking = false;
    this.#successes = 0;
    this.#timers = [];
  }

  #start(kind: Kind, ms: number, permit?: number): void {
    this.#timers.push({ kind, at: this.now + ms, ...(permit !== undefined && { permit }) });
  }

  #stop(kind: Kind): void {
    this.#timers = this.#timers.filter((timer) => timer.kind !== kind);
  }

  #next(): ModelTimer | undefined {
    let first: ModelTimer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  }
}
