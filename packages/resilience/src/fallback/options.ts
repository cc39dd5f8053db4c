import type { VerdictKind } from '../events.ts';
import type { Mode } from '../mode.ts';

export interface FallbackOptions {
  /** Verdicts that ask the hook for a reply. Kinds, `transient`, `unknown`, `permanent`. Default transient and unknown. */
  readonly kinds: readonly Exclude<VerdictKind, 'success' | 'neutral'>[];
  /** Neutral verdicts that do, too, by their reason. Reasons, such as `breaker_open`. Default `breaker_open`. */
  readonly neutralReasons: readonly string[];
  /** Default `enforce`. */
  readonly mode: Mode;
}
