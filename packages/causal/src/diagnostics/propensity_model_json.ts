import { at } from '../linalg/matrix.ts';
import { auc } from '../propensity/auc.ts';
import type { PropensityModel } from '../propensity/model.ts';
import { splitByTreatment } from './groups.ts';

/** The fitted logistic regression as the reply shows it. */
export function propensityModelJson({ fit, scores }: PropensityModel, treatment: Float64Array): Record<string, unknown> {
  const { treated, control } = splitByTreatment(scores, treatment);
  treated.sort();
  control.sort();
  return {
    names: [...fit.names],
    coefficients: [...fit.coefficients],
    std_errors: Array.from(fit.coefficients, (_, j) => Math.sqrt(at(fit.informationInverse, j, j))),
    deviance: fit.deviance,
    null_deviance: fit.nullDeviance,
    aic: fit.aic,
    log_likelihood: fit.logLik,
    auc: auc(treated, control),
    ps_min: Math.min(treated[0]!, control[0]!),
    ps_max: Math.max(treated[treated.length - 1]!, control[control.length - 1]!),
  };
}
