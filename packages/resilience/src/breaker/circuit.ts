import { EventEmitter } from 'node:events';
import type { Clock } from '@penstock/clock';
import OpossumBreaker from 'opossum';

// opossum would go half-open on its own after this. setTimeout takes no longer delay: a longer one fires at once.
const NEVER_MS = 2 ** 31 - 1;
const BUCKETS = 10;
const BUCKET_MS = 1000;

/** A counted failure as opossum is told of it. One object: the reason travels in our own events. */
const FAILURE = new Error('counted failure');
const NO_ARGUMENTS: [] = [];

/**
 * opossum as the holder of the open or closed state. It never sees the work: of each settled outcome it gets the events
 * that a call through it would emit, which is what its statistics listen to. A fire would be a promise, two looks at the
 * time and a judgement on its failure rate for each call, a fifth of what the whole pipeline costs.
 * Its own ways of moving the state are shut: nothing is fired, so nothing is timed, counted as capacity or judged; its
 * reset timer, should it ever run out, is answered by opening again, since half-open is ours. Its buckets turn with the
 * injected clock instead of an interval.
 */
export class Circuit {
  readonly #opossum: OpossumBreaker<[], never>;
  readonly #rotation = new EventEmitter();
  readonly #clock: Clock;
  #rotatedAt: number;

  constructor(name: string, clock: Clock) {
    this.#clock = clock;
    this.#rotatedAt = clock.monotonic();
    this.#opossum = new OpossumBreaker(neverFired, {
      name,
      resetTimeout: NEVER_MS,
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
    this.#opossum.emit('fire', NO_ARGUMENTS);
    if (outcome === 'success') this.#opossum.emit('success', undefined, 0);
    else this.#opossum.emit('failure', FAILURE, 0, NO_ARGUMENTS);
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

async function neverFired(): Promise<never> {
  throw new Error('opossum does not make calls here, it hears of them');
}
