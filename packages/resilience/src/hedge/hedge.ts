import { TransientSet } from '@penstock/collections';
import { PipelineStoppedError } from '../errors.ts';
import type { CallId } from '../events.ts';
import { Announcer, type LayerDeps, type LivePolicy } from '../layer.ts';
import { describeLayer } from '../mode.ts';
import { compactSeconds } from '../units.ts';
import { Latencies } from './latencies.ts';
import type { HedgeOptions } from './options.ts';
import { type HedgeLeg, Race } from './race.ts';
import { resolveHedge } from './validate.ts';

export interface HedgeCall<T> {
  readonly signal?: AbortSignal | undefined;
  /** What is left of the call, ms: no hedge starts after it. */
  readonly remainingMs: number;
  /**
   * Whether a second attempt is harmless: an idempotent read, or another endpoint to send it to. A function is asked once
   * more when the attempt is late, before it is paid for.
   */
  readonly mayHedge: boolean | (() => boolean);
  /** No hedge starts before, however late the attempt is by then; ms from its start. Default 0. */
  readonly notBeforeMs?: number;
  /** Whether an answer ends the race. Default: every answer does. */
  readonly good?: ((result: T) => boolean) | undefined;
  readonly call?: CallId | undefined;
}

export interface HedgeSnapshot extends HedgeOptions {
  /** After which the next call would be hedged, ms; null while too few answers were seen. */
  readonly delayMs: number | null;
  readonly samples: number;
}

/** What a hedge is paid from. */
export interface HedgeBudget {
  charge(): boolean;
}

interface HedgeDeps extends LayerDeps {
  /** Shared with the retry: a hedge costs a token like any further attempt. */
  readonly budget: HedgeBudget;
}

/** Starts a second attempt when the first one is late. J. Dean, L. A. Barroso, "The Tail at Scale", CACM 56(2), 2013. */
export class HedgePolicy implements LivePolicy<HedgeOptions> {
  readonly policy = 'hedge';
  readonly #deps: HedgeDeps;
  readonly #announcer: Announcer;
  readonly #latencies = new Latencies();
  readonly #races = new TransientSet<{ abort(reason: unknown): void }>();
  #options: HedgeOptions;
  #stopped = false;

  constructor(options: HedgeOptions, deps: HedgeDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#announcer = new Announcer(deps);
  }

  get options(): HedgeOptions {
    return this.#options;
  }

  get budget(): HedgeBudget {
    return this.#deps.budget;
  }

  get listenerErrors(): number {
    return this.#announcer.errors;
  }

  /**
   * Runs the work, and once more if it is late, allowed and paid for. Resolves with the first good answer; with none,
   * ends as the first attempt did, but for an error where the second one was answered.
   */
  async run<T>(call: HedgeCall<T>, work: (leg: HedgeLeg) => Promise<T>): Promise<T> {
    if (this.#stopped) throw new PipelineStoppedError(this.#deps.name);
    if (call.signal?.aborted) throw call.signal.reason;
    const race: Race<T> = new Race({
      clock: this.#deps.clock,
      signal: call.signal,
      // Without a second attempt there is still something to learn: how long an answer takes.
      delayMs: this.#delayOf(call),
      good: call.good ?? everyAnswer,
      work,
      maySecond: (afterMs) => this.#maySecond(call, afterMs),
      onEnd: (won, secondRan, firstMs, good) => {
        this.#races.delete(place);
        if (good) this.#latencies.observe(firstMs);
        if (secondRan) this.#announcer.emit({ type: 'hedge_finished', name: this.#deps.name, call: call.call, won });
      },
    });
    const place = this.#races.add(race);
    race.start();
    return race.result;
  }

  /** After which a call is hedged now, ms; undefined while too few answers were seen. */
  get delayMs(): number | undefined {
    const { delay, minDelayMs, minSamples } = this.#options;
    if (delay.kind === 'fixed') return delay.ms;
    if (this.#latencies.count < minSamples) return undefined;
    return Math.max(minDelayMs, this.#latencies.percentile(delay.percentile));
  }

  reload(given: Partial<HedgeOptions>): void {
    this.#options = resolveHedge(given);
  }

  stop(): void {
    this.#stopped = true;
    for (const race of this.#races.all()) race.abort(new PipelineStoppedError(this.#deps.name));
  }

  snapshot(): HedgeSnapshot {
    return { ...this.#options, delayMs: this.delayMs ?? null, samples: this.#latencies.count };
  }

  describe(): string {
    const { delay } = this.#options;
    return describeLayer(
      'hedge',
      this.#options.mode,
      `after ${delay.kind === 'fixed' ? compactSeconds(delay.ms) : `p${Math.round(delay.percentile * 1000) / 10}`}`,
    );
  }

  /** After which this call is to be hedged, ms; undefined where it will not be. */
  #delayOf<T>({ mayHedge, notBeforeMs = 0, remainingMs }: HedgeCall<T>): number | undefined {
    const learnt = this.delayMs;
    if (this.#options.mode === 'off' || learnt === undefined || !allows(mayHedge)) return undefined;
    const delayMs = Math.max(learnt, notBeforeMs);
    return delayMs < remainingMs ? delayMs : undefined;
  }

  #maySecond<T>({ call, mayHedge }: HedgeCall<T>, delayMs: number): boolean {
    const { mode } = this.#options;
    if (mode === 'off' || !allows(mayHedge)) return false;
    const common = { name: this.#deps.name, call, delayMs };
    if (mode === 'shadow') {
      this.#announcer.emit({ type: 'hedge_started', shadow: true, ...common });
      return false;
    }
    if (!this.#deps.budget.charge()) {
      this.#announcer.emit({ type: 'hedge_refused', because: 'budget', shadow: false, ...common });
      return false;
    }
    this.#announcer.emit({ type: 'hedge_started', shadow: false, ...common });
    return true;
  }
}

const allows = (may: boolean | (() => boolean)): boolean => (typeof may === 'function' ? may() : may);

const everyAnswer = (): boolean => true;
