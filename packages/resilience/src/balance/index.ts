export * from './balance.ts';
export * from './defaults.ts';
export * from './options.ts';
export * from './validate.ts';
