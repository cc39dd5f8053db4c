import type { ResolvedOptions } from '@penstock/contracts';
import { conclude } from '../inference/conclude.ts';
import { NORMAL } from '../inference/interval.ts';
import { propensityModel } from '../propensity/model.ts';
import { requirePropensityDesign } from '../propensity/requirements.ts';
import { quantileStrata, type Strata } from '../propensity/strata.ts';
import { type StratumDifference, stratumDifferences } from '../propensity/stratum_differences.ts';
import { clustersUnused } from '../propensity/warnings.ts';
import type { AnalysisInput, Estimate, Estimator, RunContext } from '../types.ts';

/** docs/methods/propensity_stratification.md */
export const propensityStratification: Estimator = Object.freeze<Estimator>({
  name: 'propensity_stratification',
  title: 'Propensity-score stratification',
  estimand: 'ATE',
  requires: ['y', 'treatment', 'covariates'],
  optional: [],
  treatment: 'binary',
  bootstrap: true,
  estimate,
});

function estimate(input: AnalysisInput, options: ResolvedOptions, context: RunContext): Estimate {
  requirePropensityDesign(input);
  const { strata, cells } = stratified(input, options, context);
  const conclusion = {
    name: 'propensity_stratification',
    n: input.n,
    estimate: combined(cells, input.n),
    stdError: neymanError(cells, input.n),
    reference: NORMAL,
    statistic: (resampled: AnalysisInput) => combined(stratified(resampled, options, context).cells, resampled.n),
    details: {
      strata: cells.map((cell, k) => ({
        lower: strata.edges[k]!,
        upper: strata.edges[k + 1]!,
        n: cell.n1 + cell.n0,
        n_treated: cell.n1,
        n_control: cell.n0,
        difference: cell.difference,
        std_error: cell.variance === null ? null : Math.sqrt(cell.variance),
      })),
      covariance: 'within-stratum Neyman',
    },
    warnings: [...tooFewStrata(cells.length, options), ...errorMissing(cells), ...clustersUnused(input)],
  };
  return conclude(conclusion, input, options, context);
}

function stratified(
  input: AnalysisInput,
  options: ResolvedOptions,
  context: RunContext,
): { strata: Strata; cells: readonly StratumDifference[] } {
  const model = propensityModel(input, context);
  const strata = quantileStrata(model.scores, options.propensity_strata);
  return { strata, cells: stratumDifferences(input.y.values, input.treatment.values, strata) };
}

/** Σ (n_k/n)·difference_k */
function combined(cells: readonly StratumDifference[], n: number): number {
  return cells.reduce((total, cell) => total + ((cell.n1 + cell.n0) / n) * cell.difference, 0);
}

/** sqrt(Σ (n_k/n)²·(s1²/n1 + s0²/n0)); null when an arm of some stratum is a single row. */
function neymanError(cells: readonly StratumDifference[], n: number): number | null {
  let variance = 0;
  for (const cell of cells) {
    if (cell.variance === null) return null;
    variance += ((cell.n1 + cell.n0) / n) ** 2 * cell.variance;
  }
  return Math.sqrt(variance);
}

function tooFewStrata(got: number, options: ResolvedOptions): string[] {
  if (got === options.propensity_strata) return [];
  return [`tied propensity scores allow ${got} strata instead of ${options.propensity_strata}`];
}

function errorMissing(cells: readonly StratumDifference[]): string[] {
  const single = cells.findIndex((cell) => cell.variance === null);
  if (single === -1) return [];
  const arm = cells[single]!.n1 < 2 ? 'treated' : 'control';
  return [`stratum ${single + 1} has a single ${arm} row: its variance, and the analytic standard error, do not exist`];
}
