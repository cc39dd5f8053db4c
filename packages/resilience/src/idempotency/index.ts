export * from './defaults.ts';
export * from './errors.ts';
export * from './idempotency.ts';
export * from './memory-store.ts';
export * from './options.ts';
export * from './store.ts';
export * from './validate.ts';
