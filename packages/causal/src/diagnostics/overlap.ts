import { splitByTreatment } from './groups.ts';
import { quantile7 } from './quantile.ts';

const OVERLAP_PROBABILITIES = [0, 0.05, 0.5, 0.95, 1] as const;

/** Where the propensity scores of the two groups lie, and how many rows fall where both groups have scores. */
export interface Overlap {
  /** Type 7 quantiles at OVERLAP_PROBABILITIES. */
  readonly treated: readonly number[];
  readonly control: readonly number[];
  /** [max of the two minima, min of the two maxima]; lower > upper when the groups do not meet. */
  readonly commonSupport: readonly [number, number];
  readonly nCommonSupport: number;
  readonly shareCommonSupport: number;
}

/** @param scores in (0, 1), length n; @param treatment 0/1 with both values present, length n */
export function overlap(scores: Float64Array, treatment: Float64Array): Overlap {
  const { treated, control } = splitByTreatment(scores, treatment);
  treated.sort();
  control.sort();
  const lower = Math.max(treated[0]!, control[0]!);
  const upper = Math.min(treated[treated.length - 1]!, control[control.length - 1]!);
  let inside = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i]! >= lower && scores[i]! <= upper) inside++;
  return Object.freeze({
    treated: OVERLAP_PROBABILITIES.map((p) => quantile7(treated, p)),
    control: OVERLAP_PROBABILITIES.map((p) => quantile7(control, p)),
    commonSupport: [lower, upper] as const,
    nCommonSupport: inside,
    shareCommonSupport: inside / scores.length,
  });
}
