import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Contender } from './contenders.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** CPU time of so many calls one after the other, microseconds per call: user and system, all threads. */
export async function cpuPerCall(contender: Contender, calls: number): Promise<number> {
  const before = process.cpuUsage();
  for (let each = 0; each < calls; each++) await contender.call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/** Growth of the heap per call, bytes. Few calls, so that no collection falls between the two looks. */
export async function bytesPerCall(contender: Contender): Promise<number> {
  const calls = 500;
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let each = 0; each < calls; each++) await contender.call();
  return (process.memoryUsage().heapUsed - before) / calls;
}

/** Timers set per call. */
export async function timersPerCall(contender: Contender): Promise<number> {
  const calls = 100;
  const { setTimeout: original, setInterval: originalInterval } = globalThis;
  let count = 0;
  const counting = <F extends (...given: never[]) => unknown>(set: F): F =>
    ((...given: Parameters<F>) => {
      count++;
      return set(...given);
    }) as F;
  globalThis.setTimeout = Object.assign(counting(original), original);
  globalThis.setInterval = counting(originalInterval);
  try {
    for (let each = 0; each < calls; each++) await contender.call();
  } finally {
    globalThis.setTimeout = original;
    globalThis.setInterval = originalInterval;
  }
  return count / calls;
}
