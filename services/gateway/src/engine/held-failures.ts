import type { Engine } from './engine.ts';

/**
 * Tells the policies of an engine how a call failed there: as the failure that it is, or as no evidence.
 * @param weight what part of a failed call it is, 0–1
 */
export type Tell = (as: 'failure' | 'neutral', weight: number) => unknown;

interface Held {
  readonly tell: Tell;
  /** Attempts that the call made at the engine, as a share of those that it may make in all. */
  readonly share: number;
}

/**
 * Failures of one call that the policies of the engines have not heard of yet. They wait for the end of the call: what
 * an engine failed may turn out to be an outage of all of them that the call bridged, as a retry at a single engine would.
 * A call that failed is a failed one for each engine that it was at; what another engine made good counts for its part.
 */
export class HeldFailures {
  readonly #held = new Map<Engine, Held[]>();

  /** @param share of the attempts that the call may make in all, those that it made at the engine */
  hold(engine: Engine, share: number, tell: Tell): void {
    const held = this.#held.get(engine);
    if (held === undefined) this.#held.set(engine, [{ tell, share }]);
    else held.push({ tell, share });
  }

  /** The call visits the engine again: that visit speaks for it. */
  drop(engine: Engine): void {
    for (const { tell, share } of this.#held.get(engine) ?? []) tell('neutral', share);
    this.#held.delete(engine);
  }

  /** The call has ended: failed, made good by another engine, or bridging what may have ailed all of them. */
  tell(end: 'failed' | 'made good' | 'bridged'): void {
    for (const { tell, share } of [...this.#held.values()].flat()) {
      tell(end === 'bridged' ? 'neutral' : 'failure', end === 'failed' ? 1 : share);
    }
    this.#held.clear();
  }
}
