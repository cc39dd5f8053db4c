import { designOf, interaction, weightedMean } from '../fit/design.ts';
import { type LeastSquaresFit, leastSquares } from '../fit/least_squares.ts';
import { binaryTreatment } from '../fit/treatment.ts';
import type { AnalysisInput, RunContext } from '../types.ts';
import { regressionEstimator } from './regression.ts';

/** Regression on treatment, centred covariates and all their products (Lin 2013): docs/methods/lin.md. */
export const lin = regressionEstimator(
  { name: 'lin', title: "Lin's interacted regression", estimand: 'ATE', treatment: 'binary' },
  regress,
);

function regress(input: AnalysisInput, context: RunContext): LeastSquaresFit {
  const treatment = { name: input.treatment.name, values: binaryTreatment(input) };
  const weights = input.weight?.values;
  const centred = input.covariates.map((covariate) => {
    context.checkpoint();
    const mean = weightedMean(covariate.values, weights);
    return { name: covariate.name, values: covariate.values.map((value) => value - mean) };
  });
  const products = centred.map((covariate) => {
    context.checkpoint();
    return interaction(treatment, covariate);
  });
  const { matrix, names } = designOf(input.n, [treatment, ...centred, ...products], () => context.checkpoint());
  return leastSquares(matrix, names, input.y.values, weights, () => context.checkpoint());
}
