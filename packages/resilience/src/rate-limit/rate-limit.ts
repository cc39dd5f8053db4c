import { PipelineStoppedError } from '../errors.ts';
import type { CallId } from '../events.ts';
import { Announcer, type LayerDeps, type LivePolicy } from '../layer.ts';
import { describeLayer } from '../mode.ts';
import { spacedSeconds } from '../units.ts';
import { checkNumber } from '../validate.ts';
import { RateLimitedError, RateLimitUnavailableError } from './errors.ts';
import type { RateDecision } from './gcra.ts';
import { type RateLimitFields, rateLimitFields } from './headers.ts';
import type { RateLimitOptions } from './options.ts';
import type { RateStore } from './store.ts';
import { resolveRateLimit } from './validate.ts';

interface RateLimitDeps extends LayerDeps {
  readonly store: RateStore;
  /** Asked in its place while `store` fails; only without one, or where it fails too, `whenStoreFails` decides. */
  readonly fallback?: RateStore | undefined;
}

interface TakeOptions {
  /** What the request counts as. Requests, 1–10,000,000. Default 1. */
  readonly cost?: number | undefined;
  readonly call?: CallId | undefined;
}

const COST = { min: 1, max: 10_000_000, integer: true } as const;

/** Bounds how often each client may ask. */
export class RateLimitPolicy implements LivePolicy<RateLimitOptions> {
  readonly policy = 'rate-limit';
  readonly #deps: RateLimitDeps;
  readonly #announcer: Announcer;
  #options: RateLimitOptions;
  #stopped = false;

  constructor(options: RateLimitOptions, deps: RateLimitDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#announcer = new Announcer(deps);
  }

  get options(): RateLimitOptions {
    return this.#options;
  }

  get listenerErrors(): number {
    return this.#announcer.errors;
  }

  /** The decision on one request, taken from the client's quota if allowed. Undefined: off, or let pass without the store. */
  async take(client: string, { cost = 1, call }: TakeOptions = {}): Promise<RateDecision | undefined> {
    if (this.#stopped) throw new PipelineStoppedError(this.#deps.name);
    checkNumber('rateLimit.take cost', cost, COST);
    const { mode } = this.#options;
    if (mode === 'off') return undefined;
    const decision = await this.#ask(client, cost, call);
    if (decision === undefined || decision.allowed) return decision;
    const { retryAfterMs } = decision;
    const shadow = mode === 'shadow';
    const { limit } = this.#options;
    this.#announcer.emit({ type: 'rate_limited', name: this.#deps.name, call, shadow, limit, retryAfterMs });
    return shadow ? { ...decision, allowed: true, retryAfterMs: 0 } : decision;
  }

  /** Runs the work, or rejects with RateLimitedError. */
  async run<T>(client: string, work: (decision: RateDecision | undefined) => Promise<T>, options: TakeOptions = {}): Promise<T> {
    const decision = await this.take(client, options);
    if (decision?.allowed === false) throw new RateLimitedError(this.#options.limit, this.#options.windowMs, decision);
    return work(decision);
  }

  /** `RateLimit-Policy` and `RateLimit` for a decision. */
  fields(decision: RateDecision, policy = 'default'): RateLimitFields {
    return rateLimitFields(policy, this.#options, decision);
  }

  reload(given: Partial<RateLimitOptions>): void {
    this.#options = resolveRateLimit(given);
  }

  stop(): void {
    this.#stopped = true;
  }

  snapshot(): RateLimitOptions {
    return this.#options;
  }

  describe(): string {
    const { limit, windowMs, burst } = this.#options;
    return describeLayer('rate limit', this.#options.mode, `${limit} in ${spacedSeconds(windowMs)}, ${burst} at once`);
  }

  async #ask(
    client: string,
    cost: number,
    call: CallId | undefined,
    { store, fallback }: Pick<RateLimitDeps, 'store' | 'fallback'> = this.#deps,
  ): Promise<RateDecision | undefined> {
    try {
      return await store.take(client, this.#options, cost);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#announcer.emit({ type: 'rate_limit_store_failed', name: this.#deps.name, call, message });
      if (fallback !== undefined) return this.#ask(client, cost, call, { store: fallback });
      if (this.#options.whenStoreFails === 'refuse' && this.#options.mode === 'enforce')
        throw new RateLimitUnavailableError(error);
      return undefined;
    }
  }
}
