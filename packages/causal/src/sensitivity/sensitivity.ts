import type { EstimatorOk, EstimatorResult } from '@penstock/contracts';
import { variance } from '../diagnostics/moments.ts';
import type { AnalysisInput } from '../types.ts';
import { type EValue, evalueRiskRatio, evalueStandardisedDifference } from './evalue.ts';

const APPROXIMATION =
  'risk ratio ≈ exp(0.91·d), 95 % limits exp(0.91·d ∓ 1.78·s), with d and s the estimate and its standard error ' +
  'over the outcome’s standard deviation (VanderWeele & Ding 2017)';

/** Risk ratios of exp(91) and more mean nothing, and their exponentials come near the largest number. */
const BEYOND = 100;

/** The reply's `sensitivity`: the E-value of the doubly robust estimate, else of OLS. docs/methods/evalue.md. */
export function sensitivity(input: AnalysisInput, results: readonly EstimatorResult[]): Record<string, unknown> {
  if (input.treatment.kind !== 'binary') {
    return none(`the treatment '${input.treatment.name}' is not binary: the E-value compares two groups`);
  }
  const result = chosen(results, 'aipw') ?? chosen(results, 'ols');
  if (result === null) return none('neither aipw nor ols ran: there is no adjusted estimate to explain away');
  const { risk_ratio: ratio, log_risk_ratio_std_error: error } = result.details;
  if (typeof ratio === 'number') return { e_value: fromRatio(result, ratio, typeof error === 'number' ? error : null) };
  return fromDifference(input, result);
}

function fromRatio(result: EstimatorOk, ratio: number, error: number | null): Record<string, unknown> {
  const half = error === null ? null : 1.959963984540054 * error;
  const value = evalueRiskRatio(ratio, half === null ? undefined : [ratio * Math.exp(-half), ratio * Math.exp(half)]);
  return { estimator: result.name, scale: 'risk ratio of a 0/1 outcome', approximation: null, ...json(value) };
}

function fromDifference(input: AnalysisInput, result: EstimatorOk): Record<string, unknown> {
  const sd = Math.sqrt(variance(input.y.values));
  if (!(sd > 0)) return none(`the outcome '${input.y.name}' is constant`);
  const d = result.estimate / sd;
  const s = result.std_error === null ? null : result.std_error / sd;
  if (Math.abs(d) + 2 * (s ?? 0) > BEYOND) {
    return none(
      `estimate ± error is ${d.toPrecision(3)} ± ${(s ?? 0).toPrecision(3)} outcome standard deviations: no approximation holds there`,
    );
  }
  const value = evalueStandardisedDifference(d, s);
  const binary = input.y.values.every((entry) => entry === 0 || entry === 1);
  return {
    e_value: {
      estimator: result.name,
      scale: 'standardised mean difference',
      approximation: APPROXIMATION,
      standardised_effect: d,
      standardised_std_error: s,
      outcome_sd: sd,
      ...json(value),
      ...(binary ? { warning: 'the outcome is 0/1: the approximation for continuous outcomes is crude here' } : {}),
    },
  };
}

function json(value: EValue): Record<string, unknown> {
  return {
    risk_ratio: value.riskRatio,
    risk_ratio_ci_lower: value.ciLower,
    risk_ratio_ci_upper: value.ciUpper,
    e_value: value.point,
    e_value_ci: value.interval,
  };
}

function chosen(results: readonly EstimatorResult[], name: string): EstimatorOk | null {
  const result = results.find((candidate) => candidate.name === name);
  return result?.status === 'ok' ? result : null;
}

function none(reason: string): Record<string, unknown> {
  return { e_value: null, e_value_reason: reason };
}
