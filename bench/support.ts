import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Random } from '../packages/clock/src/index.ts';

export interface Quartiles {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Quartiles, nearest rank. */
export function quartiles(values: readonly number[]): Quartiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { low: at(0.25), median: at(0.5), high: at(0.75) };
}

/** The items in an order drawn anew. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = items.map((item) => ({ item, key: random.next() }));
  return order.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}

/** The argument of a command as a whole number from 1. */
export function count(text: string | undefined, byDefault: number): number {
  const value = text === undefined ? byDefault : Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`expected a whole number from 1, got ${text}`);
  return value;
}

/** A process that prints its port when it listens. */
export async function startHelper(file: string) {
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: `http://127.0.0.1:${Number(line.toString('utf8'))}` };
}
