import { EventEmitter } from 'node:events';
import type { Clock } from '@penstock/clock';
import OpossumBreaker from 'opossum';

// opossum would go half-open on its own after this. setTimeout takes no longer delay: a longer one fires at once.
const NEVER_MS = 2 ** 31 - 1;
const BUCKETS = 10;
const BUCKET_MS = 1000;

/** A counted failure as opossum is told of it. One object: the reason travels in our own events. */
const FAILURE = new Error('counted failure');

/**
 * opossum as the holder of the open or closed state. It never sees the work: it is told settled outcomes, one fire each,
 * and its own ways of moving the state are shut:
 * - no timeout, no capacity and no abort controller, so that it neither times, counts nor aborts calls;
 * - the failure rate it needs to open (above 100 %) cannot be reached;
 * - its reset timer, should it ever fire, is answered by opening again: half-open is ours.
 * Its buckets turn with the injected clock instead of an interval.
 */
export class Circuit {
  readonly #opossum: OpossumBreaker<[boolean], void>;
  readonly #rotation = new EventEmitter();
  readonly #clock: Clock;
  #rotatedAt: number;

  constructor(name: string, clock: Clock) {
    this.#clock = clock;
    this.#rotatedAt = clock.monotonic();
    this.#opossum = new OpossumBreaker(settle as unknown as (succeeded: boolean) => Promise<void>, {
      name,
      timeout: false,
      resetTimeout: NEVER_MS,
      errorThresholdPercentage: 100,
      rollingCountBuckets: BUCKETS,
      rollingCountTimeout: BUCKETS * BUCKET_MS,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: this.#rotation,
    });
    this.#opossum.on('halfOpen', () => this.#opossum.open());
  }

  get closed(): boolean {
    return this.#opossum.closed;
  }

  get open(): boolean {
    return this.#opossum.opened;
  }

  get stopped(): boolean {
    return this.#opossum.isShutdown;
  }

  /** What opossum counted in its last ten seconds. */
  get heard(): { readonly fires: number; readonly successes: number; readonly failures: number; readonly rejects: number } {
    this.#rotate(this.#clock.monotonic());
    const { fires, successes, failures, rejects } = this.#opossum.stats;
    return { fires, successes, failures, rejects };
  }

  /** Tells a counted outcome. Only while closed: an open opossum would count a refusal. */
  hear(outcome: 'success' | 'failure', now = this.#clock.monotonic()): void {
    this.#rotate(now);
    // What comes back is the outcome that was just told; whoever made the call has it already.
    const told = this.#opossum.fire(outcome === 'success');
    if (outcome === 'failure') told.catch(alreadyKnown);
  }

  trip(): void {
    this.#opossum.open();
  }

  restore(): void {
    this.#opossum.close();
  }

  /** Ends opossum's timers. */
  stop(): void {
    this.#opossum.shutdown();
  }

  #rotate(now: number): void {
    if (now - this.#rotatedAt < BUCKET_MS) return;
    const turns = Math.floor((now - this.#rotatedAt) / BUCKET_MS);
    for (let turn = 0; turn < Math.min(turns, BUCKETS); turn++) this.#rotation.emit('rotate');
    this.#rotatedAt += turns * BUCKET_MS;
  }
}

/**
 * What opossum is given in place of a promise: it calls `then`, and `catch` on what that returns. The outcome is known
 * already, so it hears it at once instead of two turns later, without a promise made for it.
 */
interface Told {
  then(hear: () => void): Told;
  catch(hear: (error: Error) => void): Told;
}
const SUCCEEDED: Told = {
  // biome-ignore lint/suspicious/noThenProperty: opossum asks for a thenable and uses no more of it
  then(hear) {
    hear();
    return SUCCEEDED;
  },
  catch: () => SUCCEEDED,
};
const FAILED: Told = {
  // biome-ignore lint/suspicious/noThenProperty: opossum asks for a thenable and uses no more of it
  then: () => FAILED,
  catch(hear) {
    hear(FAILURE);
    return FAILED;
  },
};

const settle = (succeeded: boolean): Told => (succeeded ? SUCCEEDED : FAILED);

function alreadyKnown(error: unknown): void {
  if (error !== FAILURE) throw error;
}
