import type { TellHeld } from '@penstock/resilience';
import type { Engine } from './engine.ts';

/**
 * Failures of one call that the engines' breakers have not heard of yet. They wait for the end of the call: what an
 * engine failed may turn out to be an outage of all of them that the call bridged, as a retry at a single engine would.
 * Another visit of the call to the same engine takes the place of the one before.
 */
export class HeldFailures {
  readonly #held = new Map<Engine, TellHeld>();

  hold(engine: Engine, tell: TellHeld): void {
    this.drop(engine);
    this.#held.set(engine, tell);
  }

  /** The call has something newer to say of this engine. */
  drop(engine: Engine): void {
    this.#held.get(engine)?.('neutral');
    this.#held.delete(engine);
  }

  tell(as: 'failure' | 'neutral'): void {
    for (const tell of this.#held.values()) tell(as);
    this.#held.clear();
  }
}
