import { Histogram, type HistogramConfiguration } from '@prometheus-io/client';
import { LabelBound } from './label-bound.ts';
import type { MetricGuard } from './metric-guard.ts';

export interface Extremes {
  min: number;
  max: number;
}
type Observation = { readonly value: number; readonly labels?: Readonly<Record<string, unknown>> };

/**
 * A histogram that also keeps the true smallest and largest value of each label set, and never throws at the observer.
 * It is also the class that fastify-metrics is given, so that its series has the same properties.
 */
export class TrackedHistogram extends Histogram<string> {
  readonly #extremes = new Map<string, Extremes>();
  readonly #bound: LabelBound;

  constructor(configuration: HistogramConfiguration<string>, guard: MetricGuard) {
    super(configuration);
    this.#bound = new LabelBound(configuration.name, configuration.labelNames ?? [], guard);
    // The base class puts `observe` on the instance, so overriding the method would have no effect.
    const observe = this.observe.bind(this) as (labels: object, value: number) => void;
    this.observe = (first: number | object, second?: number): void =>
      guard.run(configuration.name, () => {
        const { value, labels = {} } = observation(first, second);
        const bounded = this.#bound.apply(labels);
        observe(bounded, value);
        this.#note(this.#bound.key(bounded), value);
      });
  }

  /** Smallest and largest value seen with these labels; undefined before the first. */
  extremes(labels: Readonly<Record<string, unknown>>): Extremes | undefined {
    return this.#extremes.get(this.#bound.key(labels));
  }

  #note(key: string, value: number): void {
    const known = this.#extremes.get(key);
    if (known === undefined) this.#extremes.set(key, { min: value, max: value });
    else if (value < known.min) known.min = value;
    else if (value > known.max) known.max = value;
  }
}

function observation(first: number | object, second: number | undefined): Observation {
  if (typeof first === 'number') return { value: first };
  if (second === undefined) return first as Observation;
  return { value: second, labels: first as Readonly<Record<string, unknown>> };
}
