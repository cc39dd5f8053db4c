import { type Clock, sleep } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import type { InFlight } from '../server/in-flight.ts';

export const DRAIN_STATES = ['serving', 'propagating', 'finishing', 'aborting', 'drained'] as const;
export type DrainState = (typeof DRAIN_STATES)[number];

export interface DrainOptions {
  /** Milliseconds during which new requests are still answered while readiness says 503. Default 500. */
  readonly propagationMs: number;
  /** Milliseconds that requests in flight may take afterwards. Default 30 000. */
  readonly timeoutMs: number;
}

/** What the drain does to the listening server. */
export interface Listener {
  /** Stops accepting connections, at a moment when none waits to be accepted. */
  stopAccepting(): Promise<void>;
  /** Ends connections on which nothing happens, until none is left. */
  closeIdle(): Promise<void>;
  /** Destroys whatever is left. */
  destroyAll(): void;
}

export interface DrainDeps {
  readonly clock: Clock;
  readonly inFlight: InFlight;
  readonly log: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
  readonly onState?: (state: DrainState) => void;
}

/** Replies that aborted stragglers get time to be written, in milliseconds. */
const ABORT_GRACE_MS = 1000;

/**
 * The way from serving to drained: nothing that was accepted is lost, and no reply is cut
 * unless it takes longer than `timeoutMs`.
 */
export class Drain {
  #state: DrainState = 'serving';
  readonly #options: DrainOptions;
  readonly #deps: DrainDeps;

  constructor(options: DrainOptions, deps: DrainDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  get state(): DrainState {
    return this.#state;
  }

  get draining(): boolean {
    return this.#state !== 'serving';
  }

  async run(listener: Listener): Promise<void> {
    const { clock, inFlight, log } = this.#deps;
    this.#enter('propagating');
    await sleep(clock, this.#options.propagationMs);
    await listener.stopAccepting();
    log('Stopped accepting new requests');
    this.#enter('finishing');
    log('Waiting for in-flight requests', { inflight: inFlight.count });
    const finished = this.#finish(listener);
    if (!(await withinLimit(clock, finished, this.#options.timeoutMs))) {
      this.#enter('aborting');
      log('Aborting requests that did not finish in time', { inflight: inFlight.count });
      inFlight.abortAll(
        new ProblemError('draining', 'The service shut down before this request was finished', {
          layer: 'drain',
          retryAfterS: 1,
        }),
      );
      await withinLimit(clock, finished, ABORT_GRACE_MS);
      listener.destroyAll();
    }
    this.#enter('drained');
  }

  async #finish(listener: Listener): Promise<void> {
    await Promise.all([this.#deps.inFlight.idle(), listener.closeIdle()]);
    // A request may have arrived on a kept connection between the two.
    await this.#deps.inFlight.idle();
  }

  #enter(state: DrainState): void {
    this.#state = state;
    this.#deps.onState?.(state);
  }
}

/** Whether `work` ended before `ms` had passed. */
async function withinLimit(clock: Clock, work: Promise<void>, ms: number): Promise<boolean> {
  const expired = new AbortController();
  const timer = sleep(clock, ms, expired.signal).then(
    () => false,
    () => true,
  );
  const done = work.then(() => true);
  const result = await Promise.race([done, timer]);
  expired.abort();
  return result;
}
