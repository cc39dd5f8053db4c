import type { TimeoutOptions } from './options.ts';

export const TIMEOUT_DEFAULTS: TimeoutOptions = Object.freeze({ mode: 'enforce', attemptMs: 120_000 });
