export { type Diagnosis, diagnose } from './diagnostics/diagnose.ts';
export { type PlannedEstimator, plannedEstimators } from './planned.ts';
export { GATE_BOUNDS, qualityGates } from './quality/gates.ts';
export { estimators } from './registry.ts';
export { type EValue, evalueRiskRatio, evalueStandardisedDifference } from './sensitivity/evalue.ts';
export { sensitivity } from './sensitivity/sensitivity.ts';
export * from './types.ts';
