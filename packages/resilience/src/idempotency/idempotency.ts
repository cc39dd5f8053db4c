import type { Random } from '@penstock/clock';
import { PipelineStoppedError } from '../errors.ts';
import type { CallId, IdempotencyDecided, IdempotencyStoreFailed } from '../events.ts';
import { Announcer, type LayerDeps, type LivePolicy } from '../layer.ts';
import { describeLayer } from '../mode.ts';
import { spacedSeconds } from '../units.ts';
import { IdempotencyError } from './errors.ts';
import type { IdempotencyOptions } from './options.ts';
import { Renewal } from './renewal.ts';
import type { ClaimResult, IdempotencyClaim, IdempotencyStore } from './store.ts';
import { resolveIdempotency } from './validate.ts';

export interface IdempotencyRequest<R> {
  /** The client's key; the caller puts the client's identity before it where clients must not meet. */
  readonly key: string;
  /** A hash of method, path and body. */
  readonly fingerprint: string;
  /** Whether an answer is kept: successes are, what may be repeated is not. */
  readonly keep: (response: R) => boolean;
  readonly call?: CallId | undefined;
}

/** `kept` is false where the answer is not to be kept, the store failed, or the lease was lost. */
export type IdempotencyReply<R> =
  | { readonly kind: 'executed'; readonly response: R; readonly kept: boolean }
  | { readonly kind: 'replayed'; readonly response: R; readonly ageMs: number };

interface IdempotencyDeps<R> extends LayerDeps {
  readonly random: Random;
  readonly store: IdempotencyStore<R>;
}

const RETRY_IN_FLIGHT_MS = 1000;

/**
 * One execution per key: free → in flight → done (kept for a time) or free again.
 * After the Internet-Draft "The Idempotency-Key HTTP Header Field" (draft-ietf-httpapi-idempotency-key-header).
 */
export class IdempotencyPolicy<R> implements LivePolicy<IdempotencyOptions> {
  readonly policy = 'idempotency';
  readonly #deps: IdempotencyDeps<R>;
  readonly #announcer: Announcer;
  #options: IdempotencyOptions;
  #sequence = 0;
  #stopped = false;

  constructor(options: IdempotencyOptions, deps: IdempotencyDeps<R>) {
    this.#options = options;
    this.#deps = deps;
    this.#announcer = new Announcer(deps);
  }

  get options(): IdempotencyOptions {
    return this.#options;
  }

  get listenerErrors(): number {
    return this.#announcer.errors;
  }

  /**
   * Executes, or replays the answer of the first execution. Rejects with IdempotencyError: 409 while another one is
   * in flight, 422 where the key was used for something else, 400 for a key that is none, 503 where the store is away.
   */
  async run(request: IdempotencyRequest<R>, execute: () => Promise<R>): Promise<IdempotencyReply<R>> {
    if (this.#stopped) throw new PipelineStoppedError(this.#deps.name);
    if (this.#options.mode === 'off') return { kind: 'executed', response: await execute(), kept: false };
    const { key, fingerprint } = request;
    if (key === '' || key.length > this.#options.maxKeyLength) throw new IdempotencyError('key');
    const token = `${++this.#sequence}-${this.#deps.random.next()}`;
    const claim = { fingerprint, token, leaseMs: this.#options.leaseMs };
    const found = await this.#claim(request, claim);
    if (found?.kind === 'claimed') return this.#execute(request, claim, execute);
    if (found !== undefined && this.#options.mode === 'enforce') return this.#answer(request, found);
    if (found !== undefined) this.#decided(request, found.fingerprint === fingerprint ? DECISION[found.kind] : 'mismatch', true);
    return { kind: 'executed', response: await execute(), kept: false };
  }

  reload(given: Partial<IdempotencyOptions>): void {
    this.#options = resolveIdempotency(given);
  }

  /** Refuses later calls; those in flight keep their answers. */
  stop(): void {
    this.#stopped = true;
  }

  snapshot(): IdempotencyOptions {
    return this.#options;
  }

  describe(): string {
    return describeLayer('idempotency', this.#options.mode, `kept ${spacedSeconds(this.#options.ttlMs)}`);
  }

  #answer(request: IdempotencyRequest<R>, found: Exclude<ClaimResult<R>, { kind: 'claimed' }>): IdempotencyReply<R> {
    if (found.fingerprint !== request.fingerprint) {
      this.#decided(request, 'mismatch', false);
      throw new IdempotencyError('mismatch');
    }
    this.#decided(request, DECISION[found.kind], false);
    if (found.kind === 'in_flight') {
      throw new IdempotencyError('in_flight', Math.min(RETRY_IN_FLIGHT_MS, Math.max(0, found.leaseEndsInMs)));
    }
    return { kind: 'replayed', response: found.response, ageMs: found.ageMs };
  }

  async #execute(
    request: IdempotencyRequest<R>,
    claim: IdempotencyClaim,
    execute: () => Promise<R>,
  ): Promise<IdempotencyReply<R>> {
    this.#decided(request, 'execute', false);
    const { store, clock } = this.#deps;
    const { key } = request;
    const renewal = new Renewal(clock, claim.leaseMs, () => this.#renew(request, claim));
    const release = () => this.#settle('release', request, renewal, () => store.release(key, claim.token));
    let response: R;
    let keep: boolean;
    try {
      response = await execute();
      keep = request.keep(response);
    } catch (error) {
      await release();
      throw error;
    }
    if (!keep) {
      await release();
      return { kind: 'executed', response, kept: false };
    }
    const { ttlMs } = this.#options;
    const kept = await this.#settle('complete', request, renewal, () => store.complete(key, claim.token, response, ttlMs));
    return { kind: 'executed', response, kept };
  }

  async #claim(request: IdempotencyRequest<R>, claim: IdempotencyClaim): Promise<ClaimResult<R> | undefined> {
    const { whenStoreFails, mode } = this.#options;
    try {
      return await this.#deps.store.claim(request.key, claim);
    } catch (error) {
      this.#failed(request, 'claim', error);
      if (whenStoreFails === 'refuse' && mode === 'enforce') throw new IdempotencyError('store', RETRY_IN_FLIGHT_MS, error);
      return undefined;
    }
  }

  // A store that cannot be asked has not given the key away yet: the next renewal asks again.
  async #renew(request: IdempotencyRequest<R>, claim: IdempotencyClaim): Promise<boolean> {
    try {
      return await this.#deps.store.renew(request.key, claim);
    } catch (error) {
      this.#failed(request, 'renew', error);
      return true;
    }
  }

  // The execution has happened: what the store does now must not change its answer.
  async #settle(
    during: 'complete' | 'release',
    request: IdempotencyRequest<R>,
    renewal: Renewal,
    act: () => Promise<boolean>,
  ): Promise<boolean> {
    renewal.stop();
    try {
      const held = await act();
      if (!held) this.#announcer.emit({ type: 'idempotency_lease_lost', name: this.#deps.name, call: request.call });
      return held;
    } catch (error) {
      this.#failed(request, during, error);
      return false;
    }
  }

  #decided({ call }: IdempotencyRequest<R>, decision: IdempotencyDecided['decision'], shadow: boolean): void {
    this.#announcer.emit({ type: 'idempotency_decided', name: this.#deps.name, call, decision, shadow });
  }

  #failed({ call }: IdempotencyRequest<R>, during: IdempotencyStoreFailed['during'], error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#announcer.emit({ type: 'idempotency_store_failed', name: this.#deps.name, call, during, message });
  }
}

const DECISION = { in_flight: 'in_flight', done: 'replay' } as const;
