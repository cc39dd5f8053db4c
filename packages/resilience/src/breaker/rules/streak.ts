import type { Counted } from './rule.ts';

// Three thirds are a whole, whatever their sum in floating point.
const ROUNDING = 1e-9;

/** Failures since the last success, each with its weight, against a threshold. A threshold of 0 counts and never says yes. */
export class Streak {
  threshold = 0;
  #failures = 0;

  get failures(): number {
    return this.#failures;
  }

  heard(outcome: Counted, weight = 1): boolean {
    this.#failures = outcome === 'failure' ? snapped(this.#failures + weight) : 0;
    return this.threshold > 0 && this.#failures >= this.threshold;
  }

  reset(): void {
    this.#failures = 0;
  }
}

function snapped(sum: number): number {
  const whole = Math.round(sum);
  return Math.abs(sum - whole) < ROUNDING ? whole : sum;
}
