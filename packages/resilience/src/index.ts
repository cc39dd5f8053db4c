export * from './backoff/index.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './pipeline.ts';
export * from './policy.ts';
