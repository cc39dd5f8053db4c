import type { Engine } from './engine.ts';

/** Where one call has been, and which engines asked it to stay away for a while. */
export class Itinerary {
  /** Those of late last. */
  #visited: readonly Engine[] = [];
  /** On the monotonic clock, ms. */
  readonly #awayUntil = new Map<Engine, number>();

  get visited(): readonly Engine[] {
    return this.#visited;
  }

  visit(engine: Engine): void {
    this.#visited = [...this.#visited.filter((each) => each !== engine), engine];
  }

  stayAway(engine: Engine, until: number): void {
    this.#awayUntil.set(engine, until);
  }

  /** Milliseconds until the engine may be visited. */
  awayMs(engine: Engine, now: number): number {
    return Math.max(0, (this.#awayUntil.get(engine) ?? now) - now);
  }
}
