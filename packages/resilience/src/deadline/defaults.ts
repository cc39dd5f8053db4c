import type { DeadlineOptions } from './options.ts';

export const DEADLINE_DEFAULTS: DeadlineOptions = Object.freeze({ mode: 'enforce', totalMs: 150_000, floorWindowMs: 60_000 });
