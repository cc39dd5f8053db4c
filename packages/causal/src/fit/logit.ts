import type { Matrix } from '../linalg/matrix.ts';
import { multiplyVector } from '../linalg/products.ts';
import { EstimationError } from '../types.ts';
import { leastSquares } from './least_squares.ts';
import { isSeparating, separationError } from './separation.ts';

/** R's default (1e-8) leaves standard errors 5e-5 off; at 1e-13 the last Newton step is below rounding. */
const TOLERANCE = 1e-13;
const MAX_ITERATIONS = 100;

export interface LogitFit {
  readonly names: readonly string[];
  readonly coefficients: Float64Array;
  /** Inverse of the information X' diag(w p (1 − p)) X at the solution, k×k: the covariance of the coefficients. */
  readonly informationInverse: Matrix;
  /** P(treatment = 1 | row), length n. */
  readonly probabilities: Float64Array;
  readonly linearPredictor: Float64Array;
  readonly logLik: number;
  readonly deviance: number;
  /** Deviance with a constant only. */
  readonly nullDeviance: number;
  readonly aic: number;
  readonly iterations: number;
}

/**
 * Logistic regression by maximum likelihood: Fisher scoring as iteratively reweighted least squares
 * (McCullagh & Nelder 1989, section 2.5), until the log-likelihood moves by at most 1e-13 of itself.
 * @param design n×k, the constant included
 * @param treatment 0 or 1, length n
 * @throws EstimationError on perfect separation (naming the column where there is one), on collinear columns,
 *   or without convergence
 */
export function logit(
  design: Matrix,
  names: readonly string[],
  treatment: Float64Array,
  checkpoint: () => void,
  weights?: Float64Array,
): LogitFit {
  let beta = startingValue(design, names, treatment, weights, checkpoint);
  let eta = multiplyVector(design, beta);
  let current = logLikelihood(eta, treatment, weights);
  for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration++) {
    checkpoint();
    const step = scoringStep(design, names, treatment, eta, weights, checkpoint);
    if (isSeparating(design, treatment, step)) throw separationError(design, names, treatment, step);
    const taken = halvedUntilBetter(design, treatment, weights, beta, step, current);
    const moved = Math.abs(taken.value - current);
    ({ beta, eta } = taken);
    current = taken.value;
    if (moved <= TOLERANCE * (Math.abs(current) + 0.1)) {
      return finish(design, names, treatment, weights, beta, eta, current, iteration, checkpoint);
    }
  }
  throw new EstimationError(`the logistic regression did not converge in ${MAX_ITERATIONS} iterations`);
}

/** One regression of the usual starting values ln((t + ½)/(3/2 − t)), as generalised linear models start. */
function startingValue(
  design: Matrix,
  names: readonly string[],
  treatment: Float64Array,
  weights: Float64Array | undefined,
  checkpoint: () => void,
): Float64Array {
  const response = treatment.map((t) => Math.log((t + 0.5) / (1.5 - t)));
  return leastSquares(design, names, response, weights, checkpoint).coefficients;
}

/** Newton's step: the weighted regression of (t − p) / (p(1 − p)) on the design. */
function scoringStep(
  design: Matrix,
  names: readonly string[],
  treatment: Float64Array,
  eta: Float64Array,
  weights: Float64Array | undefined,
  checkpoint: () => void,
): Float64Array {
  const working = new Float64Array(eta.length);
  const curvature = curvatureOf(eta, weights);
  for (let i = 0; i < eta.length; i++) {
    const p = probability(eta[i]!);
    working[i] = (treatment[i]! - p) / bernoulliVariance(eta[i]!);
  }
  return leastSquares(design, names, working, curvature, checkpoint).coefficients;
}

interface Position {
  readonly beta: Float64Array;
  readonly eta: Float64Array;
  readonly value: number;
}

function halvedUntilBetter(
  design: Matrix,
  treatment: Float64Array,
  weights: Float64Array | undefined,
  beta: Float64Array,
  step: Float64Array,
  current: number,
): Position {
  let factor = 1;
  for (let halving = 0; ; halving++, factor /= 2) {
    const next = beta.map((value, j) => value + factor * step[j]!);
    const eta = multiplyVector(design, next);
    const value = logLikelihood(eta, treatment, weights);
    const slack = TOLERANCE * (Math.abs(current) + 0.1);
    if (value >= current - slack || halving === 30) return { beta: next, eta, value };
  }
}

function finish(
  design: Matrix,
  names: readonly string[],
  treatment: Float64Array,
  weights: Float64Array | undefined,
  coefficients: Float64Array,
  eta: Float64Array,
  logLik: number,
  iterations: number,
  checkpoint: () => void,
): LogitFit {
  const information = leastSquares(design, names, eta, curvatureOf(eta, weights), checkpoint);
  return Object.freeze({
    names,
    coefficients,
    informationInverse: information.bread,
    probabilities: eta.map(probability),
    linearPredictor: eta,
    logLik,
    deviance: -2 * logLik,
    nullDeviance: nullDeviance(treatment, weights),
    aic: -2 * logLik + 2 * coefficients.length,
    iterations,
  });
}

function curvatureOf(eta: Float64Array, weights: Float64Array | undefined): Float64Array {
  return eta.map((value, i) => (weights ? weights[i]! : 1) * bernoulliVariance(value));
}

function probability(eta: number): number {
  return eta >= 0 ? 1 / (1 + Math.exp(-eta)) : Math.exp(eta) / (1 + Math.exp(eta));
}

/** p (1 − p) from |eta|, so that it keeps its digits where p rounds to one. */
function bernoulliVariance(eta: number): number {
  const small = Math.exp(-Math.abs(eta));
  return small / (1 + small) ** 2;
}

function logLikelihood(eta: Float64Array, treatment: Float64Array, weights: Float64Array | undefined): number {
  let sum = 0;
  for (let i = 0; i < eta.length; i++) {
    const margin = treatment[i] === 1 ? eta[i]! : -eta[i]!;
    const value = margin > 0 ? -Math.log1p(Math.exp(-margin)) : margin - Math.log1p(Math.exp(margin));
    sum += (weights ? weights[i]! : 1) * value;
  }
  return sum;
}

function nullDeviance(treatment: Float64Array, weights: Float64Array | undefined): number {
  let total = 0;
  let treated = 0;
  for (let i = 0; i < treatment.length; i++) {
    const weight = weights ? weights[i]! : 1;
    total += weight;
    treated += weight * treatment[i]!;
  }
  return -2 * (treated * Math.log(treated / total) + (total - treated) * Math.log1p(-treated / total));
}
