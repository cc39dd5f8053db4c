export * from './classify.ts';
export * from './error.ts';
export * from './options.ts';
export * from './status.ts';
export * from './table.ts';
