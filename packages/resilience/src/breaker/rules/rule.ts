import type { TransitionCause } from '../../events.ts';

/** A reason to open the closed breaker. Hears counted outcomes of the current epoch only. */
export interface TripRule {
  readonly cause: TransitionCause;
  /** True when this outcome opens the breaker. */
  heardCall(outcome: 'success' | 'failure'): boolean;
  /** The breaker closed: what was heard before says nothing about now. */
  reset(): void;
  describe(): string;
}
