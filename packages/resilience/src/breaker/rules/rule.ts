import type { RuleCause } from '../../events.ts';
import type { BreakerOptions } from '../options.ts';

export type Counted = 'success' | 'failure';

/** The end of a call. */
export interface CountedCall {
  readonly outcome: Counted;
  /** How long it waited for the engine in all, ms. */
  readonly engineMs: number;
  /** What part of a call a failure counts for in a row of them, 0–1. Default 1. */
  readonly weight?: number;
}

/** A reason to open the closed breaker. Hears counted outcomes of the current epoch only. */
interface TripRule {
  readonly cause: RuleCause;
  /** Takes other numbers; what was heard so far stays. */
  configure(options: BreakerOptions): void;
  /** The breaker closed: what was heard before says nothing about now. */
  reset(): void;
  /** Undefined when the rule is switched off. */
  describe(): string | undefined;
}

export interface CallRule extends TripRule {
  /** True when the end of a call opens the breaker. `now`: monotonic, ms. */
  heardCall(call: CountedCall, now: number): boolean;
}

export interface AttemptRule extends TripRule {
  /** True when the end of an attempt opens the breaker. `now`: monotonic, ms. */
  heardAttempt(outcome: Counted, now: number): boolean;
}
