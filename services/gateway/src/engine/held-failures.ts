import type { Engine } from './engine.ts';

/** Tells the policies of an engine how a call failed there: as the failure that it is, or as no evidence. */
export type Tell = (as: 'failure' | 'neutral') => unknown;

/**
 * Failures of one call that the policies of the engines have not heard of yet. They wait for the end of the call: what
 * an engine failed may turn out to be an outage of all of them that the call bridged, as a retry at a single engine would.
 */
export class HeldFailures {
  readonly #held = new Map<Engine, Tell[]>();

  hold(engine: Engine, tell: Tell): void {
    const held = this.#held.get(engine);
    if (held === undefined) this.#held.set(engine, [tell]);
    else held.push(tell);
  }

  /** The call visits the engine again: that visit speaks for it. */
  drop(engine: Engine): void {
    for (const tell of this.#held.get(engine) ?? []) tell('neutral');
    this.#held.delete(engine);
  }

  tell(as: 'failure' | 'neutral'): void {
    for (const tell of [...this.#held.values()].flat()) tell(as);
    this.#held.clear();
  }
}
