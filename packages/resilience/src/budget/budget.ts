import type { Clock } from '@penstock/clock';
import { describeLayer } from '../mode.ts';
import type { Policy } from '../policy.ts';
import type { BudgetOptions } from './options.ts';

export interface BudgetSnapshot extends BudgetOptions {
  readonly tokens: number;
}

/**
 * One token bucket for everything that repeats work. Success fills it, so it shrinks as the engine fails and repeated
 * work cannot multiply an outage; the reserve lets quiet traffic retry at all.
 */
export class BudgetPolicy implements Policy {
  readonly policy = 'budget';
  #options: BudgetOptions;
  readonly #clock: Clock;
  #tokens: number;
  #filledAt: number;
  #announced: number;

  constructor(options: BudgetOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#tokens = options.capacity;
    this.#announced = options.capacity;
    this.#filledAt = clock.monotonic();
  }

  get tokens(): number {
    this.#refill();
    return this.#tokens;
  }

  /** A call succeeded. */
  succeeded(): void {
    this.#tokens = Math.min(this.#options.capacity, this.#tokens + this.#options.perSuccess);
  }

  /**
   * Takes one token for one further attempt, if there is one. Only an enforced budget says no; one in shadow mode
   * tells `shadowed`, and what is not there is not taken.
   */
  charge(shadowed?: () => void): boolean {
    if (this.#options.mode === 'off') return true;
    this.#refill();
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return true;
    }
    if (this.#options.mode === 'enforce') return false;
    shadowed?.();
    return true;
  }

  /** The level, if it is not the one that was announced last. */
  announce(): number | undefined {
    const level = this.tokens;
    if (level === this.#announced) return undefined;
    this.#announced = level;
    return level;
  }

  snapshot(): BudgetSnapshot {
    return { tokens: this.tokens, ...this.#options };
  }

  describe(): string {
    const { mode, perSuccess, perSecond } = this.#options;
    const numbers = `${perSuccess}/success + ${perSecond}/s`;
    return mode === 'enforce' ? `budget ${numbers}` : describeLayer('budget', mode, numbers);
  }

  /** Other options: the tokens stay, cut to the new capacity. */
  reload(options: BudgetOptions): void {
    this.#refill();
    this.#options = options;
    this.#tokens = Math.min(options.capacity, this.#tokens);
  }

  #refill(): void {
    const now = this.#clock.monotonic();
    const earned = ((now - this.#filledAt) / 1000) * this.#options.perSecond;
    this.#tokens = Math.min(this.#options.capacity, this.#tokens + earned);
    this.#filledAt = now;
  }
}
