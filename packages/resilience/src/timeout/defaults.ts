import type { TimeoutOptions } from './options.ts';

export const TIMEOUT_DEFAULTS: TimeoutOptions = Object.freeze({ attemptMs: 120_000 });
