import type { BulkheadOptions } from './options.ts';

export const BULKHEAD_DEFAULTS: BulkheadOptions = Object.freeze({
  maxInFlight: 64,
  maxQueued: 256,
  maxWaitMs: 10_000,
  mode: 'enforce',
});
