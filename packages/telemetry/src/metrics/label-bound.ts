import type { MetricGuard } from './metric-guard.ts';

/** Most label combinations of one series; anything beyond is counted under `other`, so that sums stay true. */
export const MAX_LABEL_SETS = 1000;

type Labels = Readonly<Record<string, string>>;

export interface BoundLabels {
  readonly labels: Labels;
  readonly key: string;
}

/** Lets through the first `MAX_LABEL_SETS` combinations of a series' labels. A label that grows without end is a defect elsewhere. */
export class LabelBound {
  readonly #series: string;
  readonly #names: readonly string[];
  readonly #guard: MetricGuard;
  readonly #seen = new Set<string>();

  constructor(series: string, names: readonly string[], guard: MetricGuard) {
    this.#series = series;
    this.#names = names;
    this.#guard = guard;
  }

  /** One text for each combination of label values. */
  key(labels: Readonly<Record<string, unknown>>): string {
    let key = '';
    for (const name of this.#names) key += `${String(labels[name])}\u0000`;
    return key;
  }

  /** The labels themselves with their key, or `other` for each where there are too many already. */
  apply(labels: Labels): BoundLabels {
    const key = this.key(labels);
    if (this.#seen.has(key)) return { labels, key };
    if (this.#seen.size < MAX_LABEL_SETS) {
      this.#seen.add(key);
      return { labels, key };
    }
    this.#guard.report(
      this.#series,
      'label_overflow',
      `has ${MAX_LABEL_SETS} label combinations already; further ones count under "other"`,
    );
    const others = Object.fromEntries(this.#names.map((name) => [name, 'other']));
    return { labels: others, key: this.key(others) };
  }
}
