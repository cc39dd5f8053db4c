import type { Random } from '@penstock/clock';
import type { Jitter } from './jitter.ts';

export interface BackoffShape {
  readonly baseMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly jitter: Jitter;
}

/**
 * Milliseconds to wait after the `failed`-th attempt (from 1) failed. `min(base·factor^(failed−1), cap)`, spread by
 * the jitter: equal, full and decorrelated stay within the cap, proportional may exceed it by its ratio.
 * Equal, full and decorrelated as in M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 *
 * @param previousMs the delay before, for decorrelated; undefined after the first attempt
 */
export function backoffDelay(shape: BackoffShape, failed: number, previousMs: number | undefined, random: Random): number {
  const full = Math.min(shape.baseMs * shape.factor ** (failed - 1), shape.maxMs);
  const { jitter } = shape;
  switch (jitter.kind) {
    case 'none':
      return full;
    case 'proportional':
      return full * (1 + jitter.ratio * (2 * random.next() - 1));
    case 'equal':
      return full / 2 + random.next() * (full / 2);
    case 'full':
      return random.next() * full;
    case 'decorrelated':
      return Math.min(shape.maxMs, between(shape.baseMs, 3 * (previousMs ?? shape.baseMs), random));
  }
}

const between = (low: number, high: number, random: Random): number => low + random.next() * Math.max(0, high - low);
