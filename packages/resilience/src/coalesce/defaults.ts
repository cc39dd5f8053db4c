import type { CoalesceOptions } from './options.ts';

export const COALESCE_DEFAULTS: CoalesceOptions = Object.freeze({ maxKeys: 10_000, maxSharing: 1000, mode: 'enforce' });
