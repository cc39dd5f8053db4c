export * from './defaults.ts';
export * from './errors.ts';
export * from './options.ts';
export * from './throttle.ts';
export * from './validate.ts';
