export * from './attempt-end.ts';
export * from './defaults.ts';
export * from './options.ts';
export * from './timeout.ts';
export * from './validate.ts';
