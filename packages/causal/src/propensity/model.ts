import { designOf } from '../fit/design.ts';
import { type LogitFit, logit } from '../fit/logit.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { type AnalysisInput, EstimationError, type RunContext } from '../types.ts';

/** The propensity score e(x) = P(treated | covariates) of one analysis. */
export interface PropensityModel {
  /** n×k: intercept, then the covariates as main effects. */
  readonly design: Matrix;
  readonly fit: LogitFit;
  /** e, length n. */
  readonly scores: Float64Array;
  /** logit e, length n. */
  readonly linear: Float64Array;
}

// Keyed by the input itself, which never changes: what is kept equals what would be computed again.
const fitted = new WeakMap<AnalysisInput, PropensityModel | EstimationError>();

/**
 * Fits the model once for each input: the estimators and diagnostics of one analysis share it, its failure too.
 * @param input with a binary treatment and at least one covariate
 * @throws EstimationError on perfect separation or collinear covariates, naming the columns
 */
export function propensityModel(input: AnalysisInput, context: Pick<RunContext, 'checkpoint'>): PropensityModel {
  const known = fitted.get(input) ?? fitOrError(input, context);
  fitted.set(input, known);
  if (known instanceof EstimationError) throw known;
  return known;
}

function fitOrError(input: AnalysisInput, context: Pick<RunContext, 'checkpoint'>): PropensityModel | EstimationError {
  const { names, matrix: design } = designOf(input.n, input.covariates);
  try {
    const fit = logit(design, names, input.treatment.values, () => context.checkpoint());
    return Object.freeze({ design, fit, scores: fit.probabilities, linear: fit.linearPredictor });
  } catch (error) {
    if (error instanceof EstimationError) return new EstimationError(`propensity score: ${error.message}`);
    throw error;
  }
}
