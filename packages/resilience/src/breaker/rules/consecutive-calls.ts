import type { BreakerOptions } from '../options.ts';
import type { CallRule, Counted } from './rule.ts';
import { Streak } from './streak.ts';

/** Opens after so many failed calls without a successful one between them. */
export class ConsecutiveCalls implements CallRule {
  readonly cause = 'consecutive_calls';
  readonly #streak = new Streak();

  get threshold(): number {
    return this.#streak.threshold;
  }

  get failures(): number {
    return this.#streak.failures;
  }

  configure({ consecutiveCalls }: BreakerOptions): void {
    this.#streak.threshold = consecutiveCalls;
  }

  heardCall(outcome: Counted): boolean {
    return this.#streak.heard(outcome);
  }

  reset(): void {
    this.#streak.reset();
  }

  describe(): string | undefined {
    if (this.threshold === 0) return undefined;
    return `${this.threshold} ${this.threshold === 1 ? 'failed call' : 'calls in a row'}`;
  }
}
