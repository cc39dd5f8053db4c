import { PipelineStoppedError } from '../errors.ts';
import type { CallId } from '../events.ts';
import { Announcer, type LayerDeps, type LivePolicy } from '../layer.ts';
import { describeLayer } from '../mode.ts';
import type { Settled, Verdict } from '../policy.ts';
import type { FallbackOptions } from './options.ts';
import { resolveFallback } from './validate.ts';

/** A reply, and whether it is the engine's own or stands in for it: the caller cannot take one for the other. */
export type FallbackReply<T, F> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'fallback'; readonly value: F; readonly because: Verdict };

/** What the hook is told. */
export interface Failure {
  readonly verdict: Verdict;
  readonly settled: Settled<unknown>;
  readonly call: CallId | undefined;
}

interface FallbackDeps<F> extends LayerDeps {
  /** The stand-in for a failure, or undefined where there is none; may reject. */
  readonly reply: (failure: Failure) => F | undefined | Promise<F | undefined>;
}

/** Asks a hook for a reply where the engine has none. What the hook cannot replace is handed on as it was. */
export class FallbackPolicy<F> implements LivePolicy<FallbackOptions> {
  readonly policy = 'fallback';
  readonly #deps: FallbackDeps<F>;
  readonly #announcer: Announcer;
  #options: FallbackOptions;
  #stopped = false;

  constructor(options: FallbackOptions, deps: FallbackDeps<F>) {
    this.#options = options;
    this.#deps = deps;
    this.#announcer = new Announcer(deps);
  }

  get options(): FallbackOptions {
    return this.#options;
  }

  get listenerErrors(): number {
    return this.#announcer.errors;
  }

  /** Runs the work; rejects as it did where no stand-in is asked for or to be had. */
  async run<T>(
    work: () => Promise<T>,
    judge: (settled: Settled<T>) => Verdict,
    options: { readonly call?: CallId | undefined; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<FallbackReply<T, F>> {
    if (this.#stopped) throw new PipelineStoppedError(this.#deps.name);
    let settled: Settled<T>;
    try {
      settled = { result: await work() };
    } catch (error) {
      settled = { error };
    }
    const reply = await this.#replace(settled, judge(settled), options);
    if (reply !== undefined) return reply;
    if ('error' in settled) throw settled.error;
    return { kind: 'answer', value: settled.result };
  }

  reload(given: Partial<FallbackOptions>): void {
    this.#options = resolveFallback(given);
  }

  stop(): void {
    this.#stopped = true;
  }

  snapshot(): FallbackOptions {
    return this.#options;
  }

  describe(): string {
    const { kinds, neutralReasons } = this.#options;
    return describeLayer('fallback', this.#options.mode, `${[...kinds, ...neutralReasons].join(', ')}`);
  }

  async #replace(
    settled: Settled<unknown>,
    verdict: Verdict,
    { call, signal }: { readonly call?: CallId | undefined; readonly signal?: AbortSignal | undefined },
  ): Promise<{ kind: 'fallback'; value: F; because: Verdict } | undefined> {
    if (!this.#applies(verdict) || signal?.aborted) return undefined;
    const { name, reply } = this.#deps;
    const { reason } = verdict;
    if (this.#options.mode === 'shadow') {
      this.#announcer.emit({ type: 'fallback_used', name, call, shadow: true, reason });
      return undefined;
    }
    let value: F | undefined;
    try {
      value = await reply({ verdict, settled, call });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#announcer.emit({ type: 'fallback_failed', name, call, reason, message });
      return undefined;
    }
    if (value === undefined) return undefined;
    this.#announcer.emit({ type: 'fallback_used', name, call, shadow: false, reason });
    return { kind: 'fallback', value, because: verdict };
  }

  #applies({ kind, reason }: Verdict): boolean {
    const { kinds, neutralReasons, mode } = this.#options;
    if (mode === 'off' || kind === 'success') return false;
    return kind === 'neutral' ? neutralReasons.includes(reason) : kinds.includes(kind);
  }
}
