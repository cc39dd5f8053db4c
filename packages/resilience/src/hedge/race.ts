import type { Clock, Timer } from '@penstock/clock';
import { onAbort } from '../listen.ts';
import type { Settled } from '../policy.ts';
import { HedgeLostError } from './errors.ts';

/** One of the two attempts, as the work sees it. */
export interface HedgeLeg {
  /** 1 for the first attempt, 2 for the hedge. */
  readonly number: 1 | 2;
  readonly signal: AbortSignal;
}

interface RaceParts<T> {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Undefined: there will be no second attempt. */
  readonly delayMs: number | undefined;
  readonly good: (result: T) => boolean;
  readonly work: (leg: HedgeLeg) => Promise<T>;
  /** Whether the second attempt may start, asked when the delay has passed. */
  readonly maySecond: (afterMs: number) => boolean;
  /** How the race ended, once: who won, whether there were two, how long the first ran, whether the answer is good. */
  readonly onEnd: (won: 'first' | 'second' | 'neither', secondRan: boolean, firstMs: number, good: boolean) => void;
}

interface Leg<T> {
  readonly controller: AbortController;
  settled: Settled<T> | undefined;
}

/** Two attempts at most: the first good answer wins and the other attempt is aborted. */
export class Race<T> {
  readonly #parts: RaceParts<T>;
  readonly #startedAt: number;
  readonly #end = Promise.withResolvers<T>();
  readonly #timer: Timer | undefined;
  readonly #release: () => void;
  readonly #first: Leg<T>;
  #second: Leg<T> | undefined;
  #over = false;

  constructor(parts: RaceParts<T>) {
    this.#parts = parts;
    this.#startedAt = parts.clock.monotonic();
    this.#first = { controller: new AbortController(), settled: undefined };
    const { delayMs } = parts;
    this.#timer = delayMs === undefined ? undefined : parts.clock.timer(delayMs, () => this.#hedge(delayMs));
    this.#release = onAbort(parts.signal, (reason) => this.abort(reason));
  }

  start(): void {
    this.#start(this.#first, 1);
  }

  get result(): Promise<T> {
    return this.#end.promise;
  }

  /** Ends both attempts and rejects with the reason. */
  abort(reason: unknown): void {
    if (this.#over) return;
    this.#finish({ error: reason }, 'neither', false);
    this.#first.controller.abort(reason);
    this.#second?.controller.abort(reason);
  }

  #hedge(delayMs: number): void {
    if (!this.#parts.maySecond(delayMs)) return;
    this.#second = { controller: new AbortController(), settled: undefined };
    this.#start(this.#second, 2);
  }

  #start(leg: Leg<T>, number: 1 | 2): void {
    const { work } = this.#parts;
    new Promise<T>((resolve) => resolve(work({ number, signal: leg.controller.signal }))).then(
      (result) => this.#settle(leg, { result }),
      (error: unknown) => this.#settle(leg, { error }),
    );
  }

  #settle(leg: Leg<T>, settled: Settled<T>): void {
    if (this.#over) return;
    leg.settled = settled;
    const other = leg === this.#first ? this.#second : this.#first;
    if ('result' in settled && this.#isGood(settled.result)) {
      this.#finish(settled, leg === this.#first ? 'first' : 'second', true);
      if (other?.settled === undefined) other?.controller.abort(new HedgeLostError());
    } else if (other === undefined) {
      this.#finish(settled, 'neither', false);
    } else if (other.settled !== undefined) {
      this.#finish(leg === this.#first ? better(settled, other.settled) : better(other.settled, settled), 'neither', false);
    }
  }

  #isGood(result: T): boolean {
    try {
      return this.#parts.good(result);
    } catch {
      // A judge that throws has not found the answer good; the caller gets the answer, and judges it again.
      return false;
    }
  }

  #finish(settled: Settled<T>, won: 'first' | 'second' | 'neither', good: boolean): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#release();
    const { clock, onEnd } = this.#parts;
    if ('error' in settled) this.#end.reject(settled.error);
    else this.#end.resolve(settled.result);
    onEnd(won, this.#second !== undefined, clock.monotonic() - this.#startedAt, good);
  }
}

// Neither was good: an answer says more than an error, and the first attempt more than its copy.
const better = <T>(first: Settled<T>, second: Settled<T>): Settled<T> =>
  'error' in first && 'result' in second ? second : first;
