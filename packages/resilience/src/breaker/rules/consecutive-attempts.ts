import type { BreakerOptions } from '../options.ts';
import type { AttemptRule, Counted } from './rule.ts';
import { Streak } from './streak.ts';

/**
 * Opens after so many failed attempts without a successful one between them: an outage under dense traffic, seen
 * before the first call has spent its attempts. The threshold is one that sparse traffic does not reach.
 */
export class ConsecutiveAttempts implements AttemptRule {
  readonly cause = 'consecutive_attempts';
  readonly #streak = new Streak();

  get failures(): number {
    return this.#streak.failures;
  }

  configure({ consecutiveAttempts }: BreakerOptions): void {
    this.#streak.threshold = consecutiveAttempts;
  }

  heardAttempt(outcome: Counted): boolean {
    return this.#streak.heard(outcome);
  }

  reset(): void {
    this.#streak.reset();
  }

  describe(): string | undefined {
    const { threshold } = this.#streak;
    if (threshold === 0) return undefined;
    return `${threshold} ${threshold === 1 ? 'failed attempt' : 'attempts in a row'}`;
  }
}
