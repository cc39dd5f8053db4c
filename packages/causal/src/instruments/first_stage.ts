import { fisherSurvival } from '../distributions/fisher_f.ts';
import { type CoefficientLine, coefficientTable, finiteOrNull } from '../fit/coefficient_table.ts';
import { type CovarianceSpec, covariance, standardErrors } from '../fit/covariance.ts';
import { designOf } from '../fit/design.ts';
import { leastSquares } from '../fit/least_squares.ts';
import { choleskySolve } from '../linalg/cholesky.ts';
import { dot } from '../linalg/kernels.ts';
import { at, type Matrix, zeros } from '../linalg/matrix.ts';
import type { AnalysisInput } from '../types.ts';
import type { TwoStageFit } from './two_stage.ts';

/** Staiger & Stock (1997): below ten, the normal approximation of 2SLS is not to be trusted. */
const WEAK = 10;

interface FirstStageReport {
  /** The instruments' coefficients, with errors of the covariance that was asked for. */
  readonly coefficients: readonly CoefficientLine[];
  /** F of all instruments jointly, from the sums of squares; null where the instruments explain the treatment fully. */
  readonly f: number | null;
  readonly f_p_value: number | null;
  readonly f_df: readonly [number, number];
  /** The same hypothesis as a Wald statistic with HC1 covariance, divided by the number of instruments. */
  readonly f_robust_hc1: number | null;
  readonly f_robust_hc1_p_value: number | null;
  /** Share of the treatment's variance left by the covariates that the instruments explain. */
  readonly partial_r2: number | null;
}

export function firstStageReport(
  input: AnalysisInput,
  { first }: TwoStageFit,
  spec: CovarianceSpec,
  checkpoint: () => void,
): FirstStageReport {
  const q = input.instruments.length;
  const restrictedDesign = designOf(input.n, input.covariates, checkpoint);
  const weights = input.weight?.values;
  const restricted = leastSquares(restrictedDesign.matrix, restrictedDesign.names, input.treatment.values, weights, checkpoint);
  const df = first.dfResidual;
  const f = finiteOrNull((restricted.rss - first.rss) / q / (first.rss / df));
  const robust = finiteOrNull(jointWald(first.coefficients, covariance(first, { kind: 'HC1' }, checkpoint).matrix, q) / q);
  const errors = standardErrors(covariance(first, spec, checkpoint).matrix);
  return {
    coefficients: coefficientTable(first.names, first.coefficients, errors).slice(-q),
    f,
    f_p_value: f === null ? null : fisherSurvival(f, q, df),
    f_df: [q, df],
    f_robust_hc1: robust,
    f_robust_hc1_p_value: robust === null ? null : fisherSurvival(robust, q, df),
    partial_r2: finiteOrNull(1 - first.rss / restricted.rss),
  };
}

export function weakInstrumentWarnings(report: FirstStageReport): string[] {
  const known = [report.f, report.f_robust_hc1].filter((value) => value !== null);
  const lowest = Math.min(...known);
  if (known.length === 0 || lowest >= WEAK) return [];
  return [
    `weak instruments: the first-stage F is ${lowest.toPrecision(3)}, below ${WEAK}; estimate and interval are not to be trusted`,
  ];
}

/** b' V^-1 b for the last q coefficients. */
function jointWald(coefficients: Float64Array, vcov: Matrix, q: number): number {
  const first = coefficients.length - q;
  const part = zeros(q, q);
  for (let j = 0; j < q; j++) {
    for (let i = 0; i < q; i++) part.data[i + j * q] = at(vcov, first + i, first + j);
  }
  const b = coefficients.slice(first);
  return dot(b, choleskySolve(part, b));
}
