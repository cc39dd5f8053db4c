import type { AnySeries } from './define.ts';
import { LabelSets, type LabelValues } from './label-sets.ts';
import type { MetricGuard } from './metric-guard.ts';

export interface KeptValue {
  readonly labels: LabelValues;
  value: number;
}

/** The values of a counter or gauge, as the client's registry reads them. */
export class KeptValues {
  readonly name: string;
  readonly help: string;
  readonly type: AnySeries['type'];
  readonly aggregator = 'sum';
  readonly sets: LabelSets<KeptValue>;
  readonly #refresh: () => void;

  /** @param refresh run before the values are read */
  constructor(name: string, { help, type, labels }: AnySeries, guard: MetricGuard, refresh: () => void = () => undefined) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.sets = new LabelSets<KeptValue>(name, labels, guard, (own) => ({ labels: own, value: 0 }));
    this.#refresh = refresh;
  }

  async get() {
    this.#refresh();
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: this.sets.all.map(({ labels, value }) => ({ labels, value })) };
  }
}
