import { type Span, TraceFlags } from '@opentelemetry/api';
import { Histogram, type HistogramConfiguration } from '@prometheus-io/client';
import { LabelBound } from './label-bound.ts';
import type { MetricGuard } from './metric-guard.ts';

export interface Extremes {
  min: number;
  max: number;
}

type Labels = Readonly<Record<string, string>>;

/**
 * A histogram that also keeps the true smallest and largest value of each label set, and a trace of each bucket.
 * Never throws at the observer.
 */
export class TrackedHistogram extends Histogram<string> {
  readonly #name: string;
  readonly #extremes = new Map<string, Extremes>();
  readonly #bound: LabelBound;
  readonly #guard: MetricGuard;

  constructor(configuration: HistogramConfiguration<string>, guard: MetricGuard) {
    super({ ...configuration, enableExemplars: true });
    this.#name = configuration.name;
    this.#bound = new LabelBound(configuration.name, configuration.labelNames ?? [], guard);
    this.#guard = guard;
  }

  /** @param span of what took the value; told as exemplar where its trace is kept */
  record(labels: Labels, value: number, span?: Span): void {
    this.#guard.run(this.#name, () => {
      const bound = this.#bound.apply(labels);
      const exemplarLabels = exemplarOf(span);
      this.observe(
        exemplarLabels === undefined ? { labels: bound.labels, value } : { labels: bound.labels, value, exemplarLabels },
      );
      this.#note(bound.key, value);
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

// A trace that is not sampled, and not kept by the tail rule either, will be found nowhere.
function exemplarOf(span: Span | undefined): { readonly trace_id: string } | undefined {
  const context = span?.spanContext();
  if (context === undefined || (context.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return { trace_id: context.traceId };
}
