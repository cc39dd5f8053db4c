import type { TripRule } from './rule.ts';

/** Opens after so many failed calls without a successful one between them. */
export class ConsecutiveCalls implements TripRule {
  readonly cause = 'consecutive_calls';
  readonly threshold: number;
  #failures = 0;

  constructor(threshold: number) {
    this.threshold = threshold;
  }

  get failures(): number {
    return this.#failures;
  }

  heardCall(outcome: 'success' | 'failure'): boolean {
    this.#failures = outcome === 'failure' ? this.#failures + 1 : 0;
    return this.#failures >= this.threshold;
  }

  reset(): void {
    this.#failures = 0;
  }

  describe(): string {
    return `${this.threshold} ${this.threshold === 1 ? 'failed call' : 'calls in a row'}`;
  }
}
