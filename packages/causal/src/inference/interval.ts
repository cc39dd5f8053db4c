import { normalSurvival, normalUpperQuantile } from '../distributions/normal.ts';
import { studentSurvival, studentUpperQuantile } from '../distributions/student_t.ts';

/** The distribution that estimate / standard error is compared with. */
export type Reference = { readonly kind: 'normal' } | { readonly kind: 't'; readonly df: number };

export const NORMAL: Reference = Object.freeze({ kind: 'normal' });

interface Inference {
  readonly stdError: number | null;
  readonly ciLower: number | null;
  readonly ciUpper: number | null;
  /** Two-sided, for the hypothesis that the effect is zero. */
  readonly pValue: number | null;
  /** estimate / stdError. */
  readonly statistic: number | null;
}

const NOTHING: Inference = Object.freeze({ stdError: null, ciLower: null, ciUpper: null, pValue: null, statistic: null });

/** The one place where p-values and intervals come from. Without a usable error all of it is null. */
export function infer(estimate: number, stdError: number | null, reference: Reference, alpha: number): Inference {
  if (stdError === null || !Number.isFinite(stdError) || stdError < 0) return NOTHING;
  if (stdError === 0) return { stdError: 0, ciLower: estimate, ciUpper: estimate, pValue: null, statistic: null };
  const margin = criticalValue(alpha, reference) * stdError;
  const statistic = estimate / stdError;
  return {
    stdError,
    ciLower: estimate - margin,
    ciUpper: estimate + margin,
    pValue: twoSidedP(statistic, reference),
    statistic,
  };
}

/** c with P(|S| > c) = alpha. */
function criticalValue(alpha: number, reference: Reference): number {
  return reference.kind === 'normal' ? normalUpperQuantile(alpha / 2) : studentUpperQuantile(alpha / 2, reference.df);
}

/** P(|S| > |statistic|). */
function twoSidedP(statistic: number, reference: Reference): number {
  const size = Math.abs(statistic);
  return Math.min(1, 2 * (reference.kind === 'normal' ? normalSurvival(size) : studentSurvival(size, reference.df)));
}

/**
 * From bootstrap draws: standard error = their standard deviation (n − 1), percentile interval (quantiles of
 * type 7), p-value of estimate / standard error from the normal distribution.
 */
export function inferFromDraws(estimate: number, draws: Float64Array, alpha: number): Inference {
  const sorted = Float64Array.from(draws).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const normal = infer(estimate, Math.sqrt(squares / (sorted.length - 1)), NORMAL, alpha);
  return { ...normal, ciLower: sortedQuantile(sorted, alpha / 2), ciUpper: sortedQuantile(sorted, 1 - alpha / 2) };
}

function sortedQuantile(sorted: Float64Array, p: number): number {
  const position = (sorted.length - 1) * p;
  const low = Math.floor(position);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (position - low) * (sorted[high]! - sorted[low]!);
}
