export * from './defaults.ts';
export * from './errors.ts';
export * from './hedge.ts';
export * from './options.ts';
export type { HedgeLeg } from './race.ts';
export * from './validate.ts';
