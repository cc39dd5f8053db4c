import type { ResolvedOptions } from '@penstock/contracts';
import { type BootstrapDraws, bootstrapEstimate } from '../bootstrap/bootstrap.ts';
import { type AnalysisInput, type Estimate, EstimationError, type RunContext } from '../types.ts';
import { infer, inferFromDraws, type Reference } from './interval.ts';

interface Conclusion {
  /** The estimator's name; it also names the bootstrap's random stream. */
  readonly name: string;
  readonly estimate: number;
  readonly n: number;
  /** The analytic standard error; null (or NaN) where there is none. */
  readonly stdError: number | null;
  readonly reference: Reference;
  readonly details: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
  /** The point estimate on a resampled input, for the bootstrap. */
  readonly statistic: (resampled: AnalysisInput) => number;
}

/**
 * Turns a point estimate and its analytic error into the result, or into one with bootstrap errors when
 * `options.bootstrap` > 0; the analytic error then stands in `details.bootstrap`.
 * @throws EstimationError when the estimate is not finite, or as `bootstrapEstimate`
 */
export function conclude(conclusion: Conclusion, input: AnalysisInput, options: ResolvedOptions, context: RunContext): Estimate {
  const { estimate, n, reference } = conclusion;
  if (!Number.isFinite(estimate)) throw new EstimationError('the estimate is not a finite number: values too large or too small');
  const analytic = infer(estimate, conclusion.stdError, reference, options.alpha);
  if (options.bootstrap === 0) {
    const { statistic, ...inference } = analytic;
    const details = { ...conclusion.details, statistic, ...describeReference(reference) };
    return { estimate, ...inference, n, details, warnings: conclusion.warnings };
  }
  const draws = bootstrapEstimate(input, options.bootstrap, context, conclusion.name, conclusion.statistic);
  const { statistic, ...inference } = inferFromDraws(estimate, draws.values, options.alpha);
  const bootstrap = describeDraws(draws, analytic.stdError);
  const details = { ...conclusion.details, statistic, reference: 'normal', df: null, bootstrap };
  return { estimate, ...inference, n, details, warnings: [...conclusion.warnings, ...draws.warnings] };
}

function describeReference(reference: Reference): Record<string, unknown> {
  return { reference: reference.kind, df: reference.kind === 't' ? reference.df : null };
}

function describeDraws(draws: BootstrapDraws, analyticStdError: number | null): Record<string, unknown> {
  return {
    draws: draws.drawn,
    failed: draws.failed,
    resampled: draws.resampled,
    column: draws.column,
    interval: 'percentile',
    analytic_std_error: analyticStdError,
  };
}
