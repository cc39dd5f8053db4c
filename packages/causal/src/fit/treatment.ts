import { type AnalysisInput, EstimationError, NotApplicable } from '../types.ts';

/**
 * The treatment as 0/1.
 * @throws NotApplicable for a continuous treatment
 * @throws EstimationError when one of the two groups is empty
 */
export function binaryTreatment(input: AnalysisInput): Float64Array {
  const { treatment } = input;
  if (treatment.kind !== 'binary') {
    throw new NotApplicable(`needs a treatment with two values; '${treatment.name}' has more`);
  }
  const treated = treatment.values.reduce((sum, value) => sum + value, 0);
  if (treated === 0 || treated === input.n) {
    throw new EstimationError(`all rows have the same value of '${treatment.name}'`);
  }
  return treatment.values;
}
