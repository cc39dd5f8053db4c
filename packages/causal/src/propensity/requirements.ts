import { binaryTreatment } from '../fit/treatment.ts';
import { type AnalysisInput, NotApplicable } from '../types.ts';

/**
 * What every estimator that weights, stratifies or matches on the propensity score needs.
 * @returns the treatment as 0/1, length n
 * @throws NotApplicable naming what is missing
 * @throws EstimationError when one of the two groups is empty
 */
export function requirePropensityDesign(input: AnalysisInput): Float64Array {
  const lacking = lackingForPropensity(input);
  if (lacking !== null) throw new NotApplicable(lacking);
  if (input.weight !== undefined) {
    throw new NotApplicable(
      `sampling weights (role 'weight', column '${input.weight.name}') are not supported by this estimator: ` +
        'ignoring them would estimate the effect in another population',
    );
  }
  return binaryTreatment(input);
}

/** Why no propensity score can be modelled, or null when one can. */
export function lackingForPropensity(input: AnalysisInput): string | null {
  if (input.treatment.kind !== 'binary')
    return `the treatment '${input.treatment.name}' is not binary: there is no propensity score`;
  if (input.covariates.length === 0)
    return "no column has the role 'covariates': there is nothing to model the propensity score with";
  return null;
}
