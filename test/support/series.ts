import { send } from './requests.ts';

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

type Labels = Readonly<Record<string, string>>;

/** A service's series as `/metrics` showed them at one moment. */
export class Series {
  readonly #samples: readonly Sample[];

  private constructor(samples: readonly Sample[]) {
    this.#samples = samples;
  }

  static async read(serviceUrl: string): Promise<Series> {
    const { status, text } = await send(`${serviceUrl}/metrics`);
    if (status !== 200) throw new Error(`${serviceUrl}/metrics answered ${status}: ${text}`);
    return Series.parse(text);
  }

  /** @throws Error for a line that is neither a comment nor a sample */
  static parse(text: string): Series {
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Series(lines.map(sampleOf));
  }

  /** Sum over all samples of this name with these labels; 0 of none, as a counter that never counted shows no sample. */
  sum(name: string, labels: Labels = {}): number {
    return this.#of(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  /** Sums by the values of one label, those that are 0 left out. */
  by(name: string, label: string, wanted: (labels: Labels) => boolean = () => true): Readonly<Record<string, number>> {
    const sums: Record<string, number> = {};
    for (const { labels, value } of this.#of(name, {})) {
      const key = labels[label] ?? '';
      if (wanted(labels) && value !== 0) sums[key] = (sums[key] ?? 0) + value;
    }
    return sums;
  }

  /**
   * Upper bound of the histogram's bucket in which this share of the observations ends, in the histogram's unit: what is
   * asked is at most this. Infinity beyond the last bucket, NaN without observations.
   */
  atMost(name: string, share: number, labels: Labels = {}): number {
    const buckets = Map.groupBy(this.#of(`${name}_bucket`, labels), (sample) =>
      Number(sample.labels.le?.replace('+Inf', 'Infinity')),
    );
    const counts = [...buckets].map(([le, samples]) => [le, samples.reduce((sum, { value }) => sum + value, 0)] as const);
    const total = Math.max(0, ...counts.map(([, count]) => count));
    if (total === 0) return Number.NaN;
    return Math.min(...counts.filter(([, count]) => count >= share * total).map(([le]) => le));
  }

  #of(name: string, labels: Labels): readonly Sample[] {
    const asked = Object.entries(labels);
    return this.#samples.filter(
      (sample) => sample.name === name && asked.every(([label, value]) => sample.labels[label] === value),
    );
  }
}

function sampleOf(line: string): Sample {
  const [, name, labels = '', value] = /^([\w:]+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
  if (name === undefined) throw new Error(`not a sample: ${JSON.stringify(line)}`);
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [label, text] as const);
  return { name, labels: Object.fromEntries(pairs), value: Number(value?.replace('+Inf', 'Infinity')) };
}
