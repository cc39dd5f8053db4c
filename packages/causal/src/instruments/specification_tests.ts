import { chiSquaredSurvival } from '../distributions/chi_squared.ts';
import { fisherSurvival } from '../distributions/fisher_f.ts';
import { designOf, weightedMean } from '../fit/design.ts';
import { leastSquares } from '../fit/least_squares.ts';
import type { AnalysisInput } from '../types.ts';
import type { TwoStageFit } from './two_stage.ts';

interface SpecificationTest {
  readonly statistic: number;
  readonly df: readonly number[];
  readonly p_value: number;
}

/**
 * Whether the treatment is endogenous: F of the first-stage residuals added to the outcome regression (Wu 1973,
 * Hausman 1978). Null without a degree of freedom for it or where the first stage fits perfectly.
 */
export function wuHausman(
  input: AnalysisInput,
  { first, second }: TwoStageFit,
  checkpoint: () => void,
): SpecificationTest | null {
  const df = second.dfResidual - 1;
  if (df < 1 || first.rss <= 1e-20 * weightedSquares(input.treatment.values, first.weights)) return null;
  const structural = [input.treatment, ...input.covariates];
  const plain = designOf(input.n, structural, checkpoint);
  const augmented = designOf(input.n, [...structural, { name: 'first-stage residual', values: first.residuals }], checkpoint);
  const { values } = input.y;
  const restricted = leastSquares(plain.matrix, plain.names, values, first.weights, checkpoint).rss;
  const full = leastSquares(augmented.matrix, augmented.names, values, first.weights, checkpoint).rss;
  const statistic = (restricted - full) / (full / df);
  return Number.isFinite(statistic) ? { statistic, df: [1, df], p_value: fisherSurvival(statistic, 1, df) } : null;
}

/**
 * Whether more instruments than needed agree: n R² of the 2SLS residuals on all exogenous columns (Sargan 1958).
 * Null with a single instrument, which leaves nothing to test.
 */
export function sargan(input: AnalysisInput, { first, second }: TwoStageFit, checkpoint: () => void): SpecificationTest | null {
  const df = input.instruments.length - 1;
  if (df < 1) return null;
  const fit = leastSquares(first.design, first.names, second.residuals, first.weights, checkpoint);
  const mean = weightedMean(second.residuals, first.weights);
  const total = weightedSquares(
    second.residuals.map((value) => value - mean),
    first.weights,
  );
  const statistic = second.n * (1 - fit.rss / total);
  return Number.isFinite(statistic) ? { statistic, df: [df], p_value: chiSquaredSurvival(statistic, df) } : null;
}

function weightedSquares(values: Float64Array, weights?: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (weights ? weights[i]! : 1) * values[i]! ** 2;
  return sum;
}
