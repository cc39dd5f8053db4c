import { type Span, TraceFlags } from '@opentelemetry/api';
import type { HistogramSeries } from './define.ts';
import { LabelSets, type LabelValues } from './label-sets.ts';
import type { MetricGuard } from './metric-guard.ts';

const MS_PER_S = 1000;

/** One value of a bucket and the trace it came from. */
interface Exemplar {
  readonly labelSet: { readonly trace_id: string };
  readonly value: number;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
}

export interface KeptBuckets {
  readonly labels: LabelValues;
  /** Values in each bucket alone, the last one without an upper bound. */
  readonly counts: number[];
  readonly exemplars: (Exemplar | undefined)[];
  sum: number;
  min: number;
  max: number;
}

/**
 * A histogram as the client's registry reads it, which also keeps the true smallest and largest value of each label set,
 * and a trace of each bucket.
 */
export class KeptHistogram {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly sets: LabelSets<KeptBuckets>;
  readonly #bounds: readonly number[];

  constructor(name: string, { help, labels, buckets }: HistogramSeries, guard: MetricGuard) {
    this.name = name;
    this.help = help;
    this.#bounds = buckets;
    this.sets = new LabelSets<KeptBuckets>(name, labels, guard, (own) => ({
      labels: own,
      counts: new Array<number>(buckets.length + 1).fill(0),
      exemplars: new Array<undefined>(buckets.length + 1).fill(undefined),
      sum: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
    }));
  }

  /**
   * @param span of what took the value; told as exemplar where its trace is kept
   * @throws RangeError for what is no finite number
   */
  observe(labels: LabelValues, value: number, span: Span | undefined): void {
    checkFinite(this.name, value);
    this.#add(this.sets.of(labels), value, span);
  }

  /** @param kept finds what is kept for the labels */
  observeIn(kept: () => KeptBuckets, value: number, span: Span | undefined): void {
    checkFinite(this.name, value);
    this.#add(kept(), value, span);
  }

  #add(kept: KeptBuckets, value: number, span: Span | undefined): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > this.#bounds[bucket]!) bucket++;
    kept.counts[bucket]!++;
    kept.sum += value;
    if (value < kept.min) kept.min = value;
    if (value > kept.max) kept.max = value;
    const exemplar = exemplarOf(span, value);
    if (exemplar !== undefined) kept.exemplars[bucket] = exemplar;
  }

  async get() {
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: this.sets.all.flatMap((kept) => this.#samples(kept)) };
  }

  #samples({ labels, counts, exemplars, sum }: KeptBuckets) {
    let count = 0;
    const buckets = counts.map((own, index) => {
      count += own;
      const le = this.#bounds[index] ?? '+Inf';
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: count, exemplar: exemplars[index] };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}

function checkFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`${name} takes finite numbers, not ${value}`);
}

// A trace that is not sampled, and not kept by the tail rule either, will be found nowhere.
function exemplarOf(span: Span | undefined, value: number): Exemplar | undefined {
  const context = span?.spanContext();
  if (context === undefined || (context.traceFlags & TraceFlags.SAMPLED) === 0) return undefined;
  return { labelSet: { trace_id: context.traceId }, value, timestamp: Date.now() / MS_PER_S };
}
