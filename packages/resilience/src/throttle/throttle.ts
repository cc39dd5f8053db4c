import type { Random } from '@penstock/clock';
import { PipelineStoppedError } from '../errors.ts';
import type { CallId } from '../events.ts';
import { Announcer, type LayerDeps, type LivePolicy } from '../layer.ts';
import { describeLayer } from '../mode.ts';
import type { Settled } from '../policy.ts';
import { percent } from '../units.ts';
import { ThrottledError } from './errors.ts';
import type { ThrottleOptions } from './options.ts';
import { resolveThrottle } from './validate.ts';
import { Window } from './window.ts';

/** What a settled call says about the engine's willingness; `neutral` says nothing and is not counted. */
export type Acceptance = 'accepted' | 'rejected' | 'neutral';

export interface ThrottleSnapshot extends ThrottleOptions {
  readonly requests: number;
  readonly accepts: number;
  readonly probability: number;
}

interface ThrottleDeps extends LayerDeps {
  readonly random: Random;
}

/**
 * Client-side throttling: refuses with p = max(0, (requests − K·accepts) / (requests + 1)).
 * B. Beyer et al., Site Reliability Engineering, ch. 21 "Handling Overload", 2016. Calls are counted when they settle,
 * not when they start: slow ones in flight would look like rejected ones.
 */
export class ThrottlePolicy implements LivePolicy<ThrottleOptions> {
  readonly policy = 'throttle';
  readonly #deps: ThrottleDeps;
  readonly #announcer: Announcer;
  #options: ThrottleOptions;
  #window: Window;
  #stopped = false;

  constructor(options: ThrottleOptions, deps: ThrottleDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#announcer = new Announcer(deps);
    this.#window = new Window(deps.clock, options.windowMs);
  }

  get options(): ThrottleOptions {
    return this.#options;
  }

  get listenerErrors(): number {
    return this.#announcer.errors;
  }

  /** With which the next call is refused, 0–1. */
  get probability(): number {
    const { k, maxProbability, minRps } = this.#options;
    const { requests, accepts, rps } = this.#window;
    if (rps < minRps) return 0;
    return Math.min(maxProbability, Math.max(0, (requests - k * accepts) / (requests + 1)));
  }

  /** Runs the work unless chance refuses it with ThrottledError. `accepted` reads from the end what it says of the engine. */
  async run<T>(work: () => Promise<T>, accepted: (settled: Settled<T>) => Acceptance, call?: CallId): Promise<T> {
    this.admit(call);
    let settled: Settled<T>;
    try {
      settled = { result: await work() };
    } catch (error) {
      settled = { error };
    }
    this.heard(accepted(settled));
    if ('error' in settled) throw settled.error;
    return settled.result;
  }

  /** Throws ThrottledError where chance refuses a call. Whoever asks it alone tells what became of the others with `heard`. */
  admit(call?: CallId): void {
    if (this.#stopped) throw new PipelineStoppedError(this.#deps.name);
    if (this.#options.mode === 'off') return;
    const { probability } = this;
    if (probability === 0 || this.#deps.random.next() >= probability) return;
    const { requests, accepts } = this.#window;
    const shadow = this.#options.mode === 'shadow';
    this.#announcer.emit({ type: 'throttle_refused', name: this.#deps.name, call, shadow, probability, requests, accepts });
    if (shadow) return;
    this.#window.count(false);
    throw new ThrottledError(this.#deps.name, probability);
  }

  heard(acceptance: Acceptance): void {
    if (this.#options.mode !== 'off' && acceptance !== 'neutral') this.#window.count(acceptance === 'accepted');
  }

  /** The engine is known to take calls again: what it turned down before says nothing any more. */
  forget(): void {
    this.#window = new Window(this.#deps.clock, this.#options.windowMs);
  }

  /** Another `windowMs` starts a new window; everything else applies to the counts there are. */
  reload(given: Partial<ThrottleOptions>): void {
    const before = this.#options.windowMs;
    this.#options = resolveThrottle(given);
    if (this.#options.windowMs !== before) this.forget();
  }

  stop(): void {
    this.#stopped = true;
  }

  snapshot(): ThrottleSnapshot {
    const { requests, accepts } = this.#window;
    return { ...this.#options, requests, accepts, probability: this.probability };
  }

  describe(): string {
    const { k, maxProbability, minRps } = this.#options;
    return describeLayer('throttle', this.#options.mode, `K ${k}, ≤${percent(maxProbability)}, above ${minRps}/s`);
  }
}
