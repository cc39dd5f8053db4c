import type { Engine } from './engine.ts';

/**
 * Tells the policies of an engine how a call failed there: as the failure that it is, or as no evidence.
 * @param weight what part of a failed call it is, 0–1
 */
export type Tell = (as: 'failure' | 'neutral', weight?: number) => unknown;

interface AtEngine {
  attempts: number;
  tells: Tell[];
}

/**
 * Failures of one call that the policies of the engines have not heard of yet. What an engine failed may turn out to be
 * an outage of all of them that the call bridged, as a retry at a single engine would. A call that failed is a failed one
 * for each engine that it was at; what another engine made good counts for the part of the attempts that were made there.
 */
export class HeldFailures {
  readonly #attempts: number;
  readonly #engines = new Map<Engine, AtEngine>();

  /** @param attempts that the call may make in all */
  constructor(attempts: number) {
    this.#attempts = attempts;
  }

  /** An attempt starts at the engine: it speaks for those before it. */
  began(engine: Engine): void {
    const at = this.#at(engine);
    at.attempts++;
    for (const tell of at.tells.splice(0)) tell('neutral');
  }

  /** Whether an attempt of the call was made there. */
  knows(engine: Engine): boolean {
    return this.#engines.has(engine);
  }

  hold(engine: Engine, tell: Tell): void {
    this.#at(engine).tells.push(tell);
  }

  tell(what: 'failed' | 'made good' | 'bridged'): void {
    const as = what === 'bridged' ? 'neutral' : 'failure';
    for (const { attempts, tells } of this.#engines.values()) {
      const weight = what === 'failed' ? 1 : Math.min(1, attempts / this.#attempts);
      for (const tell of tells.splice(0)) tell(as, weight);
    }
  }

  #at(engine: Engine): AtEngine {
    let at = this.#engines.get(engine);
    if (at === undefined) {
      at = { attempts: 0, tells: [] };
      this.#engines.set(engine, at);
    }
    return at;
  }
}
