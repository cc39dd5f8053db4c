export * from './defaults.ts';
export * from './fallback.ts';
export * from './options.ts';
export * from './validate.ts';
