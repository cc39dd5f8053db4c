export * from './jitter.ts';
