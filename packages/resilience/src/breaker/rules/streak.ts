import type { Counted } from './rule.ts';

/** Failures since the last success, against a threshold. A threshold of 0 counts and never says yes. */
export class Streak {
  threshold = 0;
  #failures = 0;

  get failures(): number {
    return this.#failures;
  }

  heard(outcome: Counted): boolean {
    this.#failures = outcome === 'failure' ? this.#failures + 1 : 0;
    return this.threshold > 0 && this.#failures >= this.threshold;
  }

  reset(): void {
    this.#failures = 0;
  }
}
