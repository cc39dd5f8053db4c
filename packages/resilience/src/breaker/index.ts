export * from './breaker.ts';
export * from './defaults.ts';
export * from './machine.ts';
export * from './options.ts';
export * from './permit.ts';
export * from './readiness.ts';
export * from './snapshot.ts';
export * from './validate.ts';
