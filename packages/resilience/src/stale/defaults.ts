import type { StaleOptions } from './options.ts';

export const STALE_DEFAULTS: StaleOptions = Object.freeze({
  maxBytes: 64 * 1024 * 1024,
  maxEntryBytes: 8 * 1024 * 1024,
  maxAgeMs: 86_400_000,
  mode: 'enforce',
});
