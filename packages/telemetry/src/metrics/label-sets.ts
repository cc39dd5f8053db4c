import type { MetricGuard } from './metric-guard.ts';

/** Most label combinations of one series; anything beyond is counted under `other`, so that sums stay true. */
export const MAX_LABEL_SETS = 1000;

export type LabelValues = Readonly<Record<string, string>>;

/** One level for each label name; what is kept is at the end. */
type Level<T> = Map<string, Level<T> | T>;

/**
 * What a series keeps for each combination of its label values. Found by one look-up for each label, without making a key
 * of them: series are updated many times for each request. A label that grows without end is a defect elsewhere.
 */
export class LabelSets<T extends object> {
  readonly #series: string;
  readonly #names: readonly string[];
  readonly #guard: MetricGuard;
  readonly #make: (labels: LabelValues) => T;
  readonly #first: Level<T> = new Map();
  readonly #all: T[] = [];
  readonly #single: T | undefined;

  /** @param names of the labels; a series without any has one combination, from the start */
  constructor(series: string, names: readonly string[], guard: MetricGuard, make: (labels: LabelValues) => T) {
    this.#series = series;
    this.#names = names;
    this.#guard = guard;
    this.#make = make;
    if (names.length > 0) return;
    this.#single = make({});
    this.#all.push(this.#single);
  }

  /** All that is kept, in the order in which the combinations were seen first. */
  get all(): readonly T[] {
    return this.#all;
  }

  /** What is kept for these labels; where there are too many combinations already, for `other` in each of them. */
  of(labels: LabelValues): T {
    return this.find(labels) ?? this.#add(labels);
  }

  find(labels: LabelValues): T | undefined {
    if (this.#single !== undefined) return this.#single;
    let at: Level<T> | T | undefined = this.#first;
    for (const name of this.#names) at = (at as Level<T> | undefined)?.get(labels[name]!);
    return at as T | undefined;
  }

  #add(labels: LabelValues): T {
    if (this.#all.length < MAX_LABEL_SETS) return this.#keep(labels);
    this.#guard.report(
      this.#series,
      'label_overflow',
      `has ${MAX_LABEL_SETS} label combinations already; further ones count under "other"`,
    );
    const other = Object.fromEntries(this.#names.map((name) => [name, 'other']));
    return this.find(other) ?? this.#keep(other);
  }

  #keep(labels: LabelValues): T {
    // A copy, in the order of the names: what was given may be used again.
    const made = this.#make(Object.fromEntries(this.#names.map((name) => [name, labels[name]!])));
    let level = this.#first;
    for (const name of this.#names.slice(0, -1)) {
      const next = (level.get(labels[name]!) ?? new Map()) as Level<T>;
      level.set(labels[name]!, next);
      level = next;
    }
    level.set(labels[this.#names.at(-1)!]!, made);
    this.#all.push(made);
    return made;
  }
}

/** What a series keeps for these labels, looked up until they have a place of their own. Nothing is looked up before it is called. */
export function boundTo<T extends object>(series: { readonly sets: LabelSets<T> }, labels: LabelValues): () => T {
  let own: T | undefined;
  return () => {
    if (own !== undefined) return own;
    const kept = series.sets.of(labels);
    // `other` is no place of theirs: that there are too many is told of each update.
    if (series.sets.find(labels) === kept) own = kept;
    return kept;
  };
}
