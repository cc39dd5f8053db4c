export * from './delay.ts';
export * from './jitter.ts';
export * from './retry-after.ts';
