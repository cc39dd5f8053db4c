import type { ColumnSummary } from '@penstock/contracts';

export const PREVIEW_ROWS = 20;

/** Gathers one numeric column's summary as its values pass by, in row order: the same bits on every run. */
export class NumberSummary {
  #rows = 0;
  #missing = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #lost = 0;
  readonly preview: (number | boolean | null)[] = [];
  readonly #type: 'number' | 'boolean';

  constructor(type: 'number' | 'boolean') {
    this.#type = type;
  }

  /** Rows added so far. */
  get rows(): number {
    return this.#rows;
  }

  add(values: Float64Array): void {
    for (const value of values) {
      if (this.#rows++ < PREVIEW_ROWS) this.preview.push(this.#shown(value));
      if (Number.isNaN(value)) {
        this.#missing++;
        continue;
      }
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
      this.#addToSum(value);
    }
  }

  // Neumaier (1974): what is lost to rounding is carried along.
  #addToSum(value: number): void {
    const sum = this.#sum + value;
    this.#lost += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum;
    this.#sum = sum;
  }

  #shown(value: number): number | boolean | null {
    if (Number.isNaN(value)) return null;
    return this.#type === 'boolean' ? value === 1 : value;
  }

  finish(name: string, distinct: number): ColumnSummary {
    const present = this.#rows - this.#missing;
    const mean = (this.#sum + this.#lost) / present;
    return {
      name,
      type: this.#type,
      missing: this.#missing,
      distinct,
      min: present === 0 ? null : this.#min,
      max: present === 0 ? null : this.#max,
      // Values near the largest double can add up to infinity; then there is no mean to show.
      mean: present === 0 || !Number.isFinite(mean) ? null : mean,
    };
  }
}

const LONGEST_SHOWN = 200;

/** A text as summaries and previews show it. */
export const shortened = (text: string): string => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);

/** `first` and `last`: the ends of the sorted levels, undefined where the column has no value. */
export function textSummary(
  name: string,
  type: 'text' | 'timestamp',
  missing: number,
  distinct: number,
  [first, last]: readonly [string | undefined, string | undefined],
): ColumnSummary {
  return {
    name,
    type,
    missing,
    distinct,
    min: first === undefined ? null : shortened(first),
    max: last === undefined ? null : shortened(last),
    mean: null,
  };
}
