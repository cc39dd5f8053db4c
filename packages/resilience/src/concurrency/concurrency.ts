import type { Random } from '@penstock/clock';
import { PipelineStoppedError } from '../errors.ts';
import type { CallId } from '../events.ts';
import { Announcer, type LayerDeps, type LivePolicy } from '../layer.ts';
import { describeLayer } from '../mode.ts';
import type { Settled } from '../policy.ts';
import type { Priority } from '../priority.ts';
import { OverloadedError } from './errors.ts';
import { Aimd } from './limits/aimd.ts';
import { Gradient2 } from './limits/gradient2.ts';
import type { Limit } from './limits/limit.ts';
import type { ConcurrencyOptions } from './options.ts';
import { resolveConcurrency } from './validate.ts';

/** What a settled call says about load: answered, dropped for overload, or nothing. */
export type LoadSign = 'answered' | 'dropped' | 'ignored';

export interface ConcurrencyEntry {
  /** Default `interactive`. */
  readonly priority?: Priority | undefined;
  /** Number of the attempt, from 1, for the error. Default 1. */
  readonly attempt?: number | undefined;
  readonly call?: CallId | undefined;
}

export interface ConcurrencySnapshot extends ConcurrencyOptions {
  readonly limit: number;
  readonly inFlight: number;
}

interface ConcurrencyDeps extends LayerDeps {
  readonly random: Random;
  /** In place of the algorithm that the options name. */
  readonly limit?: Limit;
}

// How long the next place takes is a guess from few answers; a hint below a second only brings the crowd back.
const LEAST_RETRY_MS = 1000;
const LATENCY_WEIGHT = 0.1;

/** Bounds the calls in flight by a limit that follows what the engine can take; what is above is shed at once. */
export class ConcurrencyPolicy implements LivePolicy<ConcurrencyOptions> {
  readonly policy = 'concurrency';
  readonly #deps: ConcurrencyDeps;
  readonly #announcer: Announcer;
  #options: ConcurrencyOptions;
  #algorithm: Limit;
  #estimate: number;
  #inFlight = 0;
  #latencyMs = 0;
  #decreasedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(options: ConcurrencyOptions, deps: ConcurrencyDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#announcer = new Announcer(deps);
    this.#estimate = options.initial;
    this.#algorithm = deps.limit ?? algorithmOf(options);
  }

  get options(): ConcurrencyOptions {
    return this.#options;
  }

  get listenerErrors(): number {
    return this.#announcer.errors;
  }

  /** Calls in flight that are allowed now. */
  get limit(): number {
    return Math.floor(this.#estimate);
  }

  /** Runs the work if its priority has a place, else rejects with OverloadedError at once. */
  async run<T>(entry: ConcurrencyEntry, work: () => Promise<T>, signOf: (settled: Settled<T>) => LoadSign): Promise<T> {
    if (this.#stopped) throw new PipelineStoppedError(this.#deps.name);
    this.#admit(entry);
    const startedAt = this.#deps.clock.monotonic();
    this.#inFlight++;
    let settled: Settled<T> | undefined;
    try {
      settled = { result: await work() };
    } catch (error) {
      settled = { error };
    }
    try {
      this.#hear(startedAt, signOf(settled));
    } finally {
      this.#inFlight--;
    }
    if ('error' in settled) throw settled.error;
    return settled.result;
  }

  reload(given: Partial<ConcurrencyOptions>): void {
    const before = this.#options;
    const options = resolveConcurrency(given);
    this.#options = options;
    if (this.#deps.limit === undefined && LEARNING.some((option) => options[option] !== before[option])) {
      this.#algorithm = algorithmOf(options);
    }
    this.#move(this.#estimate, 'reload');
  }

  stop(): void {
    this.#stopped = true;
  }

  snapshot(): ConcurrencySnapshot {
    return { ...this.#options, limit: this.limit, inFlight: this.#inFlight };
  }

  describe(): string {
    const { min, max, algorithm } = this.#options;
    return describeLayer('concurrency', this.#options.mode, `${algorithm}, ${min}–${max}`);
  }

  #admit({ priority = 'interactive', attempt, call }: ConcurrencyEntry): void {
    const { mode, batchShare } = this.#options;
    if (mode === 'off') return;
    const limit = priority === 'interactive' ? this.limit : Math.floor(this.#estimate * batchShare);
    if (this.#inFlight < limit) return;
    const { name } = this.#deps;
    const inFlight = this.#inFlight;
    const retryAfterMs = this.#retryAfterMs();
    const shadow = mode === 'shadow';
    this.#announcer.emit({ type: 'concurrency_shed', name, call, shadow, priority, inFlight, limit, retryAfterMs });
    if (!shadow) throw new OverloadedError(name, priority, inFlight, limit, retryAfterMs, attempt);
  }

  // Those in flight will have been answered by then; spread, so that those shed together do not return together.
  #retryAfterMs(): number {
    return Math.max(LEAST_RETRY_MS, this.#latencyMs) * (1 + 0.5 * this.#deps.random.next());
  }

  #hear(startedAt: number, sign: LoadSign): void {
    if (sign === 'ignored' || this.#options.mode === 'off') return;
    const latencyMs = this.#deps.clock.monotonic() - startedAt;
    const dropped = sign === 'dropped';
    if (!dropped) this.#latencyMs += (latencyMs - this.#latencyMs) * (this.#latencyMs === 0 ? 1 : LATENCY_WEIGHT);
    const sample = { latencyMs, inFlight: this.#inFlight, dropped, fresh: startedAt > this.#decreasedAt };
    const next = this.#algorithm.next(this.#estimate, sample);
    if (dropped && next < this.#estimate) this.#decreasedAt = this.#deps.clock.monotonic();
    this.#move(next, dropped ? 'drop' : 'answer');
  }

  #move(estimate: number, because: 'answer' | 'drop' | 'reload'): void {
    const from = this.limit;
    this.#estimate = Math.min(this.#options.max, Math.max(this.#options.min, estimate));
    const to = this.limit;
    if (from === to) return;
    this.#announcer.emit({ type: 'concurrency_limit_changed', name: this.#deps.name, from, to, because });
  }
}

// With others of these, what the algorithm has learnt no longer fits; the limit itself is kept.
const LEARNING = ['algorithm', 'smoothing', 'tolerance', 'longWindow', 'headroom', 'backoffRatio'] as const;

const algorithmOf = (options: ConcurrencyOptions): Limit =>
  options.algorithm === 'aimd' ? new Aimd(options) : new Gradient2(options);
