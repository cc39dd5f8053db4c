export * from './defaults.ts';
export * from './options.ts';
export * from './stale.ts';
export * from './validate.ts';
