import type { Matrix } from '../linalg/matrix.ts';
import { crossVector, multiplyVector } from '../linalg/products.ts';
import type { ArmWeights } from './arm_weights.ts';
import type { PropensityModel } from './model.ts';

/** A weighted mean of one arm, solving Σ (a_i·y_i − c_i·mean) = 0, and what it owes to each row. */
export interface ArmMean {
  readonly mean: number;
  /** a_i·y_i − c_i·mean over the mean of c: the influence of each row with the weights taken as known. Length n. */
  readonly influence: Float64Array;
  /** Derivative of the mean with respect to the propensity coefficients. Length k. */
  readonly gradient: Float64Array;
}

/** Hájek: the weights are normalised to sum to one, c = a. */
export function hajekMean(y: Float64Array, arm: ArmWeights, design: Matrix): ArmMean {
  const total = sumOf(arm.weights);
  let weighted = 0;
  for (let i = 0; i < y.length; i++) weighted += arm.weights[i]! * y[i]!;
  const mean = weighted / total;
  const share = y.length / total;
  const influence = y.map((value, i) => arm.weights[i]! * (value - mean) * share);
  const slopes = y.map((value, i) => (arm.slope[i]! * (value - mean)) / total);
  return { mean, influence, gradient: crossVector(design, slopes) };
}

/**
 * Horvitz–Thompson: divided by a size that does not depend on the weights.
 * @param counted c: one for every row of the population that the mean is for, length n
 */
export function horvitzThompsonMean(y: Float64Array, arm: ArmWeights, design: Matrix, counted: Float64Array): ArmMean {
  const total = sumOf(counted);
  let weighted = 0;
  for (let i = 0; i < y.length; i++) weighted += arm.weights[i]! * y[i]!;
  const mean = weighted / total;
  const share = y.length / total;
  const influence = y.map((value, i) => (arm.weights[i]! * value - counted[i]! * mean) * share);
  const slopes = y.map((value, i) => (arm.slope[i]! * value) / total);
  return { mean, influence, gradient: crossVector(design, slopes) };
}

/**
 * Influence of each row on treated − control, the estimated propensity score accounted for: the stacked
 * estimating equations solved for their last block (Lunceford & Davidian 2004; Stefanski & Boos 2002).
 * The coefficients' own influence is n·I⁻¹·x_i·(W_i − e_i) with I the information of the logit. Length n.
 */
export function stackedInfluence(
  treated: ArmMean,
  control: ArmMean,
  model: PropensityModel,
  treatment: Float64Array,
): Float64Array {
  const { design, fit, scores } = model;
  const gradient = treated.gradient.map((value, j) => value - control.gradient[j]!);
  const direction = multiplyVector(fit.informationInverse, gradient);
  const moved = multiplyVector(design, direction);
  const n = treatment.length;
  return moved.map((value, i) => treated.influence[i]! - control.influence[i]! + n * value * (treatment[i]! - scores[i]!));
}

function sumOf(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
