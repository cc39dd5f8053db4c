import {
  type AnalysisInput,
  type Estimate,
  EstimationError,
  type Estimator,
  estimators,
  NotApplicable,
  plannedEstimators,
  type RunContext,
  Stopped,
} from '@penstock/causal';
import type { EstimatorResult, ResolvedOptions } from '@penstock/contracts';
import { epochMs } from '../../workers/epoch.ts';
import type { EstimatorRun } from '../../workers/task.ts';

export interface EstimatorRuns {
  readonly results: readonly EstimatorResult[];
  readonly runs: readonly EstimatorRun[];
  readonly faults: readonly { readonly where: string; readonly error: Error }[];
}

/** Runs what was asked for, in the registry's order. One that fails leaves the others alone. */
export function runEstimators(input: AnalysisInput, options: ResolvedOptions, context: RunContext): EstimatorRuns {
  const asked = (name: string): boolean => options.estimators === 'all' || options.estimators.includes(name);
  const results: EstimatorResult[] = [];
  const runs: EstimatorRun[] = [];
  const faults: { where: string; error: Error }[] = [];
  for (const estimator of estimators.filter(({ name }) => asked(name))) {
    const startMs = epochMs();
    const result = runOne(estimator, input, options, context, (error) => faults.push({ where: estimator.name, error }));
    results.push(result);
    runs.push({ name: estimator.name, status: result.status, startMs, endMs: epochMs() });
  }
  for (const { name, title, reason } of plannedEstimators.filter((planned) => asked(planned.name))) {
    results.push({ name, title, status: 'skipped', reason });
  }
  return { results, runs, faults };
}

function runOne(
  estimator: Estimator,
  input: AnalysisInput,
  options: ResolvedOptions,
  context: RunContext,
  onFault: (error: Error) => void,
): EstimatorResult {
  const { name, title, estimand } = estimator;
  const lacking = lackingFor(estimator, input);
  if (lacking !== undefined) return { name, title, status: 'skipped', reason: lacking };
  try {
    const estimate = estimator.estimate(input, options, context);
    if (!Number.isFinite(estimate.estimate)) {
      return { name, title, status: 'failed', error: `the estimate is not a finite number (${estimate.estimate})` };
    }
    return { name, title, status: 'ok', estimand, ...inReplyForm(estimate) };
  } catch (error) {
    if (error instanceof Stopped) throw error;
    if (error instanceof NotApplicable) return { name, title, status: 'skipped', reason: error.message };
    if (error instanceof EstimationError) return { name, title, status: 'failed', error: error.message };
    onFault(error instanceof Error ? error : new Error(String(error)));
    return { name, title, status: 'failed', error: 'an unexpected error, which is in the log of the engine' };
  }
}

/** The roles and the kind of treatment that the method cannot do without. */
function lackingFor({ requires, treatment }: Estimator, input: AnalysisInput): string | undefined {
  const role = requires.find((each) => !input.mappedRoles.has(each));
  if (role !== undefined) return `no column has the role '${role}'`;
  if (treatment === 'binary' && input.treatment.kind !== 'binary') {
    return `needs a treatment with two levels; '${input.treatment.name}' has more`;
  }
  return undefined;
}

function inReplyForm({ estimate, stdError, ciLower, ciUpper, pValue, n, details, warnings }: Estimate) {
  return {
    estimate,
    std_error: finiteOrNull(stdError),
    ci_lower: finiteOrNull(ciLower),
    ci_upper: finiteOrNull(ciUpper),
    p_value: finiteOrNull(pValue),
    n,
    details: { ...details },
    warnings: [...warnings],
  };
}

const finiteOrNull = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);
