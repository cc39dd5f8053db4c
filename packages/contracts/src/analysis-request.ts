import Type, { type Static } from 'typebox';
import { ROLES } from './roles.ts';

const ColumnName = Type.String({ minLength: 1, maxLength: 512 });
const RoleName = Type.Enum([...ROLES]);

const MappingRecord = Type.Object(
  Object.fromEntries(
    ROLES.map((role) => [
      role,
      Type.Optional(
        role === 'cutoff'
          ? Type.Number({ description: 'Threshold of the running variable: a number, not a column' })
          : Type.Union([ColumnName, Type.Array(ColumnName, { maxItems: 5000 })]),
      ),
    ]),
  ),
  { additionalProperties: false },
);
const MappingList = Type.Array(
  Type.Object({ role: RoleName, column: Type.Union([ColumnName, Type.Number()]) }, { additionalProperties: false }),
  { maxItems: 10_000 },
);

export const COVARIANCES = ['classical', 'HC0', 'HC1', 'HC2', 'HC3', 'HC4', 'cluster'] as const;
export const SMALL_SAMPLE = ['none', 'groups', 'full'] as const;

/** Every option, with its documented default. The reply repeats all of them. */
export const AnalysisOptions = Type.Object(
  {
    estimators: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), { maxItems: 200, description: 'Names from GET /api/estimators. Default: all' }),
    ),
    figures: Type.Optional(
      Type.Union([Type.Boolean(), Type.Array(Type.String({ maxLength: 64 }), { maxItems: 200 })], {
        description: 'true: all that apply (default); false: none; or names from GET /api/figures',
      }),
    ),
    alpha: Type.Optional(Type.Number({ minimum: 1e-6, maximum: 0.5, description: 'Intervals cover 1 − alpha. Default 0.05' })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4294967295, description: 'Seed of everything random. Default 1' })),
    covariance: Type.Optional(
      Type.Enum([...COVARIANCES], {
        description: "Covariance of regression estimators. Default 'cluster' when a cluster column is mapped, else 'HC2'",
      }),
    ),
    small_sample: Type.Optional(
      Type.Enum([...SMALL_SAMPLE], {
        description: "Clustered covariance: 'none' (CR0), 'groups' G/(G−1), 'full' (CR1) G/(G−1)·(n−1)/(n−k). Default 'full'",
      }),
    ),
    difference_in_means_variance: Type.Optional(Type.Enum(['welch', 'pooled'], { description: "Default 'welch'" })),
    ipw_normalization: Type.Optional(Type.Enum(['hajek', 'horvitz_thompson'], { description: "Default 'hajek'" })),
    propensity_strata: Type.Optional(
      Type.Integer({ minimum: 2, maximum: 100, description: 'Strata of the propensity score. Default 5' }),
    ),
    outcome_interactions: Type.Optional(
      Type.Union([Type.Enum(['all', 'none']), Type.Array(ColumnName, { maxItems: 5000 })], {
        description: "g-computation: which covariates interact with the treatment in the outcome model. Default 'all'",
      }),
    ),
    bootstrap: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 100_000,
        description: 'Bootstrap draws for the estimators whose errors can be bootstrapped; 0: analytic errors (default)',
      }),
    ),
  },
  { additionalProperties: false },
);
export type AnalysisOptions = Static<typeof AnalysisOptions>;

export const AnalysisRequest = Type.Object(
  {
    dataset_id: Type.String({ minLength: 1, maxLength: 128 }),
    mapping: Type.Union([MappingRecord, MappingList]),
    options: Type.Optional(AnalysisOptions),
  },
  { $id: 'AnalysisRequest', additionalProperties: false },
);
export type AnalysisRequest = Static<typeof AnalysisRequest>;

/** Options named by the contract for estimators that this version does not have: asked for, they answer `not_available`. */
export const PLANNED_OPTIONS = [
  'folds',
  'learners',
  'trim',
  'bandwidth',
  'target_estimand',
  'kernel',
  'polynomial',
  'caliper',
  'placebo',
] as const;

/** All options resolved: what the estimators are given and what the reply repeats. */
export interface ResolvedOptions {
  readonly estimators: readonly string[] | 'all';
  readonly figures: readonly string[] | boolean;
  readonly alpha: number;
  readonly seed: number;
  readonly covariance: (typeof COVARIANCES)[number];
  readonly small_sample: (typeof SMALL_SAMPLE)[number];
  readonly difference_in_means_variance: 'welch' | 'pooled';
  readonly ipw_normalization: 'hajek' | 'horvitz_thompson';
  readonly propensity_strata: number;
  readonly outcome_interactions: 'all' | 'none' | readonly string[];
  readonly bootstrap: number;
}
