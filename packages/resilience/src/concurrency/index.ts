export * from './concurrency.ts';
export * from './defaults.ts';
export * from './errors.ts';
export * from './limits/aimd.ts';
export * from './limits/gradient2.ts';
export * from './limits/limit.ts';
export * from './options.ts';
export * from './validate.ts';
