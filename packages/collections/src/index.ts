export * from './transient-map.ts';
export * from './transient-set.ts';
