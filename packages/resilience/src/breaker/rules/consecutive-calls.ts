import type { BreakerOptions } from '../options.ts';
import type { CallRule, CountedCall } from './rule.ts';
import { Streak } from './streak.ts';

/** Opens after so many failed calls, or parts of calls that make as many, without a successful one between them. */
export class ConsecutiveCalls implements CallRule {
  readonly cause = 'consecutive_calls';
  readonly #streak = new Streak();
  #successes = 0;

  get threshold(): number {
    return this.#streak.threshold;
  }

  /** Whole calls. */
  get failures(): number {
    return Math.floor(this.#streak.failures);
  }

  get successes(): number {
    return this.#successes;
  }

  configure({ consecutiveCalls }: BreakerOptions): void {
    this.#streak.threshold = consecutiveCalls;
  }

  heardCall({ outcome, weight }: CountedCall): boolean {
    if (outcome === 'success') this.#successes++;
    return this.#streak.heard(outcome, weight);
  }

  reset(): void {
    this.#successes = 0;
    this.#streak.reset();
  }

  describe(): string | undefined {
    if (this.threshold === 0) return undefined;
    return `${this.threshold} ${this.threshold === 1 ? 'failed call' : 'calls in a row'}`;
  }
}
