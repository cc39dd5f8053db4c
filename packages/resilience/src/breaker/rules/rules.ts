import type { Clock } from '@penstock/clock';
import type { RuleCause } from '../../events.ts';
import type { BreakerOptions } from '../options.ts';
import { AttemptRatio } from './attempt-ratio.ts';
import { ConsecutiveAttempts } from './consecutive-attempts.ts';
import { ConsecutiveCalls } from './consecutive-calls.ts';
import type { AttemptRule, CallRule, Counted, CountedCall } from './rule.ts';
import { SlowRatio } from './slow-ratio.ts';

/** Every rule, in the order of the start line. Each hears everything, also what another one has opened the breaker for. */
export class TripRules {
  readonly calls = new ConsecutiveCalls();
  readonly attempts = new ConsecutiveAttempts();
  readonly attemptRatio: AttemptRatio;
  readonly slowRatio: SlowRatio;
  readonly #all: readonly (CallRule | AttemptRule)[];
  readonly #ofCalls: readonly CallRule[];
  readonly #ofAttempts: readonly AttemptRule[];

  constructor(options: BreakerOptions, clock: Clock) {
    this.attemptRatio = new AttemptRatio(options, clock);
    this.slowRatio = new SlowRatio(options, clock);
    this.#ofCalls = [this.calls, this.slowRatio];
    this.#ofAttempts = [this.attempts, this.attemptRatio];
    this.#all = [this.calls, this.attempts, this.attemptRatio, this.slowRatio];
    this.configure(options);
  }

  configure(options: BreakerOptions): void {
    for (const rule of this.#all) rule.configure(options);
  }

  /** The first rule that this call's end makes open the breaker. */
  heardCall(call: CountedCall, now: number): RuleCause | undefined {
    let cause: RuleCause | undefined;
    for (const rule of this.#ofCalls) if (rule.heardCall(call, now)) cause ??= rule.cause;
    return cause;
  }

  /** The first rule that this attempt's end makes open the breaker. */
  heardAttempt(outcome: Counted, now: number): RuleCause | undefined {
    let cause: RuleCause | undefined;
    for (const rule of this.#ofAttempts) if (rule.heardAttempt(outcome, now)) cause ??= rule.cause;
    return cause;
  }

  reset(): void {
    for (const rule of this.#all) rule.reset();
  }

  describe(): string {
    const lines = this.#all.map((rule) => rule.describe()).filter((line) => line !== undefined);
    return lines.length === 0 ? 'no rule' : lines.join(' | ');
  }
}
