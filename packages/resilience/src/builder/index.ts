export * from './builder.ts';
export * from './call.ts';
export * from './delivered.ts';
export * from './drain-gate.ts';
export * from './layer.ts';
export * from './layered-pipeline.ts';
export * from './layers.ts';
export * from './order.ts';
