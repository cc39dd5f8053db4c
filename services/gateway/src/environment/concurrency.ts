import { BULKHEAD_DEFAULTS, CONCURRENCY_DEFAULTS, LIMIT_ALGORITHMS } from '@penstock/resilience';
import Type from 'typebox';
import { count, mode, real } from './variables.ts';

/** All that the bulkhead takes and keeps waiting: until an engine shows signs of overload, nothing is shed before it. */
const MOST = BULKHEAD_DEFAULTS.maxInFlight + BULKHEAD_DEFAULTS.maxQueued;

// 200 analyses of 100 ms each second keep 20 attempts in flight, with 30 % of them repeated 29.
const LEAST = 32;

export const CONCURRENCY_VARIABLES = {
  CONCURRENCY_MODE: mode('Adaptive concurrency of each engine'),
  CONCURRENCY_ALGORITHM: Type.Enum([...LIMIT_ALGORITHMS], {
    default: 'aimd',
    description:
      'How the limit moves: aimd shrinks it at signs of overload, gradient2 also when answers slow down, which suits only calls of one length',
  }),
  CONCURRENCY_INITIAL: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: 'Attempts at an engine under way or waiting, at the start. Default: CONCURRENCY_MAX',
    }),
  ),
  CONCURRENCY_MIN: count(LEAST, 1, 100_000, 'The limit never goes below'),
  CONCURRENCY_MAX: count(MOST, 1, 100_000, 'The limit never goes above; by default what the bulkhead takes and keeps waiting'),
  CONCURRENCY_BATCH_SHARE: real(CONCURRENCY_DEFAULTS.batchShare, 0, 1, 'What of the limit batch calls may use'),
  CONCURRENCY_BACKOFF_RATIO: real(
    CONCURRENCY_DEFAULTS.backoffRatio,
    0.1,
    0.99,
    'What a sign of overload (timeout, 429, 503 overloaded) leaves of the limit',
  ),
  CONCURRENCY_SMOOTHING: real(CONCURRENCY_DEFAULTS.smoothing, 0.01, 1, 'gradient2: weight of a new estimate'),
  CONCURRENCY_TOLERANCE: real(CONCURRENCY_DEFAULTS.tolerance, 1, 10, 'gradient2: how much slower than the mean is still normal'),
  CONCURRENCY_LONG_WINDOW: count(CONCURRENCY_DEFAULTS.longWindow, 10, 100_000, 'gradient2: rounds that the mean stands for'),
  CONCURRENCY_HEADROOM: real(CONCURRENCY_DEFAULTS.headroom, 0, 1000, 'gradient2: by how many attempts growth is tried'),
} as const;
