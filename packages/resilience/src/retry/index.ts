export * from './defaults.ts';
export * from './log-line.ts';
export * from './options.ts';
export * from './retry.ts';
export * from './validate.ts';
