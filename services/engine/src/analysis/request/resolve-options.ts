import { estimators, plannedEstimators } from '@penstock/causal';
import type { AnalysisOptions, FieldError, ResolvedOptions } from '@penstock/contracts';
import { figures, plannedFigures } from '@penstock/figures';
import { listed, nearestHint } from './names.ts';

const ESTIMATOR_NAMES = [...estimators, ...plannedEstimators].map(({ name }) => name);
const FIGURE_NAMES = [...figures, ...plannedFigures].map(({ name }) => name);

export interface OptionContext {
  readonly hasCluster: boolean;
  readonly covariates: readonly string[];
}

/** Every option with its default spelled out, lists in one order; or what is wrong with them. */
export function resolveOptions(
  given: AnalysisOptions,
  { hasCluster, covariates }: OptionContext,
): { options: ResolvedOptions; errors: readonly FieldError[] } {
  const errors = [
    ...unknownNames('estimators', given.estimators ?? [], ESTIMATOR_NAMES, 'an estimator'),
    ...(Array.isArray(given.figures) ? unknownNames('figures', given.figures, FIGURE_NAMES, 'a figure') : []),
    ...interactionErrors(given.outcome_interactions, covariates),
  ];
  const covariance = given.covariance ?? (hasCluster ? 'cluster' : 'HC2');
  if (covariance === 'cluster' && !hasCluster) {
    errors.push({
      field: '/options/covariance',
      message: "'cluster' needs a column with the role 'cluster'",
      received: covariance,
      accepted: "map 'cluster', or choose classical, HC0, HC1, HC2, HC3 or HC4",
    });
  }
  const options: ResolvedOptions = {
    estimators: given.estimators === undefined ? 'all' : wholeOrListed(given.estimators, ESTIMATOR_NAMES, 'all'),
    figures: Array.isArray(given.figures) ? wholeOrListed(given.figures, FIGURE_NAMES, true) : (given.figures ?? true),
    alpha: given.alpha ?? 0.05,
    seed: given.seed ?? 1,
    covariance,
    small_sample: given.small_sample ?? 'full',
    difference_in_means_variance: given.difference_in_means_variance ?? 'welch',
    ipw_normalization: given.ipw_normalization ?? 'hajek',
    propensity_strata: given.propensity_strata ?? 5,
    outcome_interactions: interactions(given.outcome_interactions, covariates),
    bootstrap: given.bootstrap ?? 0,
  };
  return { options, errors };
}

/** The names in the catalogue's order, each once. */
function wholeOrListed<W>(asked: readonly string[], all: readonly string[], whole: W): readonly string[] | W {
  const wanted = all.filter((name) => asked.includes(name));
  return wanted.length === all.length ? whole : wanted;
}

function interactions(
  given: AnalysisOptions['outcome_interactions'],
  covariates: readonly string[],
): ResolvedOptions['outcome_interactions'] {
  if (given === undefined) return 'all';
  if (!Array.isArray(given)) return given as 'all' | 'none';
  const wanted = covariates.filter((name) => given.includes(name));
  if (wanted.length === 0) return 'none';
  return wanted.length === covariates.length ? 'all' : wanted;
}

function interactionErrors(given: AnalysisOptions['outcome_interactions'], covariates: readonly string[]): FieldError[] {
  if (!Array.isArray(given)) return [];
  return unknownNames('outcome_interactions', given, covariates, 'a covariate of this analysis');
}

function unknownNames(option: string, asked: readonly string[], known: readonly string[], noun: string): FieldError[] {
  const unknown = [...new Set(asked)].filter((name) => !known.includes(name)).slice(0, 10);
  return unknown.map((name) => ({
    field: `/options/${option}`,
    message: `'${name}' is not ${noun}${nearestHint(name, known)}`,
    received: name,
    accepted: listed(known),
  }));
}
