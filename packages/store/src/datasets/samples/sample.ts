/** A column as a sample makes it; all columns of a sample have the same length. */
export type SampleColumn =
  | { readonly name: string; readonly type: 'number' | 'boolean'; readonly values: Float64Array }
  | { readonly name: string; readonly type: 'text'; readonly values: readonly (string | null)[] };

/** A data set made from a seed, whose true effect is known because we wrote it down. */
export interface Sample {
  /** Id and name at once. */
  readonly id: string;
  /** What it is, how it is meant to be mapped, and the truth. */
  readonly description: string;
  /** The true effect of the treatment on the outcome, in units of the outcome. */
  readonly truth: number;
  /** Roles → columns: how to ask for the analysis whose answer is `truth`. */
  readonly mapping: Readonly<Record<string, string | number | readonly string[]>>;
  readonly columns: readonly SampleColumn[];
}
