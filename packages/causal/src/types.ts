import type { Random } from '@penstock/clock';
import type { ResolvedOptions, Role } from '@penstock/contracts';

/** A numeric column: length n, no NaN (rows with missing values are gone before). */
export interface Column {
  readonly name: string;
  readonly values: Float64Array;
}

/** A column of groups: `codes[i]` indexes `levels`; levels in sorted order. */
export interface Codes {
  readonly name: string;
  readonly levels: readonly string[];
  readonly codes: Int32Array;
}

/** The treatment. Binary ones are recoded to 0/1; `levels` names what stood for 0 and for 1. */
export type Treatment =
  | { readonly kind: 'binary'; readonly name: string; readonly values: Float64Array; readonly levels: readonly [string, string] }
  | { readonly kind: 'continuous'; readonly name: string; readonly values: Float64Array };

/** What an estimator is given: complete cases, typed columns, all of length n. */
export interface AnalysisInput {
  readonly n: number;
  readonly y: Column;
  readonly treatment: Treatment;
  /** Regressors without intercept: numeric covariates, then dummies (first level in sorted order dropped). */
  readonly covariates: readonly Column[];
  /** As covariates, but with a dummy for every level: what balance is shown for. */
  readonly balanceColumns: readonly Column[];
  readonly instruments: readonly Column[];
  /** Cluster variables: none, one or two. */
  readonly clusters: readonly Codes[];
  readonly unit?: Codes;
  /** Two or more ordered periods; levels sorted numerically where they are numbers. */
  readonly time?: Codes;
  readonly weight?: Column;
  /** Roles that the request mapped, whether or not anything here uses them. */
  readonly mappedRoles: ReadonlySet<Role>;
}

export interface RunContext {
  /** An independent stream of the request's seed for each name. */
  random(stream: string): Random;
  /** Throws `Stopped` when the request was given up; called at least every few milliseconds of computing. */
  checkpoint(): void;
}

/** What an estimator returns. Numbers that do not exist are null, never NaN. */
export interface Estimate {
  readonly estimate: number;
  readonly stdError: number | null;
  readonly ciLower: number | null;
  readonly ciUpper: number | null;
  readonly pValue: number | null;
  readonly n: number;
  /** Everything else worth telling: coefficients, degrees of freedom, first stage. JSON values only. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

export interface Estimator {
  readonly name: string;
  readonly title: string;
  readonly estimand: 'ATE' | 'ATT' | 'LATE' | 'coefficient';
  readonly requires: readonly Role[];
  readonly optional: readonly Role[];
  readonly treatment: 'binary' | 'any numeric';
  /** Whether `options.bootstrap` replaces the analytic error by a bootstrap one. */
  readonly bootstrap: boolean;
  /**
   * @throws NotApplicable when the data lack what the method needs (the result is `skipped`)
   * @throws EstimationError when the numbers cannot be had (the result is `failed`)
   */
  estimate(input: AnalysisInput, options: ResolvedOptions, context: RunContext): Estimate;
}

/** The method does not apply to this data; the message is the reason shown. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** The method applies, but the numbers cannot be had: perfect separation, collinear columns, no overlap. */
export class EstimationError extends Error {
  override readonly name = 'EstimationError';
}

/** The request was given up while computing. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}
