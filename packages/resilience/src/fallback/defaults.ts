import type { FallbackOptions } from './options.ts';

export const FALLBACK_DEFAULTS: FallbackOptions = Object.freeze({
  kinds: Object.freeze(['transient', 'unknown'] as const),
  neutralReasons: Object.freeze(['breaker_open']),
  mode: 'enforce',
});
