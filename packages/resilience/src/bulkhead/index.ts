export * from './bulkhead.ts';
export * from './defaults.ts';
export * from './errors.ts';
export * from './options.ts';
export * from './validate.ts';
