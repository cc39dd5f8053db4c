export * from './client-wait.ts';
export * from './deadline.ts';
export * from './defaults.ts';
export * from './options.ts';
export * from './total.ts';
export * from './validate.ts';
