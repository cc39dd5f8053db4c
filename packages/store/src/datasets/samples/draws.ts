import { type Random, seededRandom } from '@penstock/clock';

/** What the samples draw from; a stream of its own for each variable, so that adding one moves no other. */
export interface Draws {
  uniform(stream: string): number;
  /** Normal by Box and Muller (1958): one of the pair, so that each draw takes exactly two uniforms. */
  normal(stream: string, mean?: number, sd?: number): number;
  /** 1 with the given probability, else 0. */
  bernoulli(stream: string, probability: number): number;
  pick<T>(stream: string, values: readonly T[]): T;
}

export function draws(seed: number): Draws {
  const streams = new Map<string, Random>();
  const stream = (name: string): Random => {
    let random = streams.get(name);
    if (random === undefined) {
      random = seededRandom(seed, name);
      streams.set(name, random);
    }
    return random;
  };
  return {
    uniform: (name) => stream(name).next(),
    normal(name, mean = 0, sd = 1) {
      const random = stream(name);
      const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
      return mean + sd * radius * Math.cos(2 * Math.PI * random.next());
    },
    bernoulli: (name, probability) => (stream(name).next() < probability ? 1 : 0),
    pick: (name, values) => values[stream(name).below(values.length)] as (typeof values)[number],
  };
}

/** Decimal places kept, so that the CSV form is short and reads back bit for bit. */
export const rounded = (value: number, places = 4): number => Number(value.toFixed(places));

export const expit = (value: number): number => 1 / (1 + Math.exp(-value));
