import { type AnalysisInput, EstimationError, NotApplicable, type RunContext } from '../types.ts';
import { takeInputRows } from './resample.ts';
import { samplingPlan } from './sampling_plan.ts';

/** A bootstrap with more failed draws than this share says nothing any more. */
const MAX_FAILED_SHARE = 0.1;

export interface BootstrapDraws {
  /** The estimates of the draws that worked, in the order drawn. */
  readonly values: Float64Array;
  readonly drawn: number;
  readonly failed: number;
  readonly resampled: 'rows' | 'clusters' | 'units';
  /** The column whose groups were drawn, null for rows. */
  readonly column: string | null;
  readonly warnings: readonly string[];
}

/**
 * Nonparametric bootstrap (Efron 1979): `draws` samples with replacement of rows, clusters or units, each given to
 * `statistic`. The stream depends on the seed and `name` only. A draw on which the estimate does not exist counts
 * as failed.
 * @throws EstimationError when more than a tenth of the draws fail
 */
export function bootstrapEstimate(
  input: AnalysisInput,
  draws: number,
  context: RunContext,
  name: string,
  statistic: (resampled: AnalysisInput) => number,
): BootstrapDraws {
  const plan = samplingPlan(input);
  const random = context.random(`bootstrap/${name}`);
  const values: number[] = [];
  const failures = new Map<string, number>();
  for (let draw = 0; draw < draws; draw++) {
    context.checkpoint();
    const { rows, block } = plan.draw(random);
    const outcome = attempt(() => statistic(takeInputRows(input, rows, block, () => context.checkpoint())));
    if (typeof outcome === 'number') values.push(outcome);
    else failures.set(outcome.reason, (failures.get(outcome.reason) ?? 0) + 1);
  }
  const failed = draws - values.length;
  const commonest = [...failures].sort((a, b) => b[1] - a[1])[0]?.[0];
  if (failed > MAX_FAILED_SHARE * draws || values.length < 2) {
    throw new EstimationError(`${failed} of ${draws} bootstrap draws failed, most often: ${commonest ?? 'too few draws'}`);
  }
  const warnings =
    failed === 0 ? plan.warnings : [...plan.warnings, `${failed} of ${draws} bootstrap draws failed: ${commonest}`];
  return { values: Float64Array.from(values), drawn: draws, failed, resampled: plan.resampled, column: plan.column, warnings };
}

/** Only the two errors that mean "no estimate on this sample" are a failed draw; any other error is a fault and goes on. */
function attempt(compute: () => number): number | { reason: string } {
  try {
    const value = compute();
    return Number.isFinite(value) ? value : { reason: 'the estimate was not finite' };
  } catch (error) {
    if (error instanceof EstimationError || error instanceof NotApplicable) return { reason: error.message };
    throw error;
  }
}
