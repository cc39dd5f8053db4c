import type { Random } from '@penstock/clock';
import type { BreakerOptions } from './options.ts';

type BreakShape = Pick<BreakerOptions, 'openMs' | 'firstOpenRatio' | 'openFactor' | 'openJitter'>;

/**
 * Milliseconds that the breaker stays open at its `trips`-th trip in a row (from 1): from the first break up to
 * `openMs`, then shortened by chance, so that several gateways do not probe an engine in step. Never above `openMs`.
 */
export function breakTime(shape: BreakShape, trips: number, random: Random): number {
  const grown = Math.min(shape.openMs, shape.openMs * shape.firstOpenRatio * shape.openFactor ** (trips - 1));
  return grown * (1 - shape.openJitter * random.next());
}
