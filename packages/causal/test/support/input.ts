import { seededRandom } from '@penstock/clock';
import type { ResolvedOptions, Role } from '@penstock/contracts';
import type { AnalysisInput, Codes, Column, RunContext } from '../../src/types.ts';

export const OPTIONS: ResolvedOptions = Object.freeze({
  estimators: 'all',
  figures: false,
  alpha: 0.05,
  seed: 1,
  covariance: 'HC2',
  small_sample: 'full',
  difference_in_means_variance: 'welch',
  ipw_normalization: 'hajek',
  propensity_strata: 5,
  outcome_interactions: 'all',
  bootstrap: 0,
});

export const CONTEXT: RunContext = {
  random: (stream) => seededRandom(1, stream),
  checkpoint: () => undefined,
};

/** A column given as numbers, or as texts that become dummies named `column` + level, first level dropped. */
export type Covariate = readonly [name: string, values: ArrayLike<number> | readonly string[]];

export interface InputParts {
  readonly y: ArrayLike<number>;
  readonly treatment: ArrayLike<number>;
  readonly covariates?: readonly Covariate[];
  readonly more?: Partial<AnalysisInput>;
}

export function binaryInput({ y, treatment, covariates = [], more = {} }: InputParts): AnalysisInput {
  const roles: Role[] = ['y', 'treatment', ...(covariates.length > 0 ? (['covariates'] as const) : [])];
  return {
    n: y.length,
    y: { name: 'y', values: Float64Array.from(y) },
    treatment: { kind: 'binary', name: 'w', values: Float64Array.from(treatment), levels: ['0', '1'] },
    covariates: covariates.flatMap((covariate) => columnsOf(covariate, 1)),
    balanceColumns: covariates.flatMap((covariate) => columnsOf(covariate, 0)),
    instruments: [],
    clusters: [],
    mappedRoles: new Set(roles),
    ...more,
  };
}

function columnsOf([name, values]: Covariate, dropped: number): Column[] {
  if (typeof values[0] !== 'string') return [{ name, values: Float64Array.from(values as ArrayLike<number>) }];
  const texts = values as readonly string[];
  return [...new Set(texts)]
    .sort()
    .slice(dropped)
    .map((level) => ({ name: `${name}${level}`, values: Float64Array.from(texts, (text) => (text === level ? 1 : 0)) }));
}

export function codes(name: string, values: readonly (string | number)[]): Codes {
  const texts = values.map(String);
  const levels = [...new Set(texts)].sort();
  return { name, levels, codes: Int32Array.from(texts, (text) => levels.indexOf(text)) };
}

/** The rows of an input in another order. */
export function reordered(input: AnalysisInput, order: readonly number[]): AnalysisInput {
  const pick = (column: Column): Column => ({
    name: column.name,
    values: Float64Array.from(order, (row) => column.values[row]!),
  });
  return {
    ...input,
    y: pick(input.y),
    treatment: {
      ...input.treatment,
      values: Float64Array.from(order, (row) => input.treatment.values[row]!),
    } as AnalysisInput['treatment'],
    covariates: input.covariates.map(pick),
    balanceColumns: input.balanceColumns.map(pick),
    clusters: input.clusters.map((c) => ({ ...c, codes: Int32Array.from(order, (row) => c.codes[row]!) })),
  };
}
