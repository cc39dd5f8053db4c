/** What a figure is drawn from: plain values, so that drawing is a pure function of them. */
export interface FigureInput {
  readonly outcome: string;
  readonly treatment: string;
  /** Intervals cover 1 − alpha. */
  readonly alpha: number;
  /** Estimators that ran, in the order of the reply. */
  readonly estimates: readonly EstimateDatum[];
  /** Standardized mean differences, unweighted (`before`) and weighted (`after`); null where undefined. */
  readonly balance?: readonly BalanceDatum[];
  readonly propensity?: PropensityData;
  readonly weights?: WeightData;
}

export interface EstimateDatum {
  readonly name: string;
  readonly title: string;
  readonly estimand: string;
  readonly estimate: number;
  readonly ciLower: number | null;
  readonly ciUpper: number | null;
}

export interface BalanceDatum {
  readonly column: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** Estimated propensity scores (0 to 1) of n rows, and who was treated (1) or not (0). */
export interface PropensityData {
  readonly scores: Float64Array;
  readonly treated: Float64Array;
  /** What stood for 0 and for 1 in the data. */
  readonly levels: readonly [string, string];
}

/** Weights (≥ 0) of n rows, and the effective sample sizes they leave in each group. */
export interface WeightData {
  readonly values: Float64Array;
  readonly treated: Float64Array;
  readonly essTreated: number;
  readonly essControl: number;
}

export interface Figure {
  readonly name: string;
  readonly title: string;
  /** Roles that must be mapped. */
  readonly requires: readonly string[];
  /** Why it cannot be drawn from this input, or undefined when it can. */
  notApplicable(input: FigureInput): string | undefined;
  /** @returns one `<svg>` element, self-contained; call only when `notApplicable` answered undefined. */
  draw(input: FigureInput): string;
}

/** A figure that the contract names and this version does not draw. */
export interface PlannedFigure {
  readonly name: string;
  readonly title: string;
  readonly requires: readonly string[];
  /** Why it is skipped until then. */
  readonly reason: string;
}
