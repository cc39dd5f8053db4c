import type { ResolvedOptions } from '@penstock/contracts';
import { ateWeights, attWeights, type BothArms } from '../propensity/arm_weights.ts';
import { type PropensityModel, propensityModel } from '../propensity/model.ts';
import { lackingForPropensity } from '../propensity/requirements.ts';
import { type AnalysisInput, EstimationError, type RunContext } from '../types.ts';
import { balanceRow } from './balance.ts';
import { effectiveSampleSize } from './effective_sample_size.ts';
import { overlap } from './overlap.ts';
import { propensityModelJson } from './propensity_model_json.ts';
import { weightTails } from './weight_tails.ts';

export interface Diagnosis {
  /** Goes into the reply as it is: snake_case, null with `…_reason` for what cannot be had. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Per row, in the order of the input; what the figures draw. Absent without a propensity model. */
  readonly units: {
    readonly propensity?: Float64Array;
    /** W/e + (1 − W)/(1 − e) */
    readonly weights_ate?: Float64Array;
    /** W + (1 − W)·e/(1 − e) */
    readonly weights_att?: Float64Array;
  };
}

const PROPENSITY_PIECES = ['overlap', 'effective_sample_size', 'weights', 'propensity_model'] as const;

/** Balance, overlap, effective sample sizes and weight tails: docs/methods/diagnostics.md. Never throws EstimationError. */
export function diagnose(input: AnalysisInput, _options: ResolvedOptions, context: RunContext): Diagnosis {
  const lacking = lackingForPropensity(input);
  if (lacking !== null) return { json: unavailable(['balance', ...PROPENSITY_PIECES], lacking), units: {} };
  const model = modelOrReason(input, context);
  if (typeof model === 'string') {
    return {
      json: {
        balance: balance(input, null, context),
        balance_weighted_reason: model,
        ...unavailable(PROPENSITY_PIECES, model),
        ...weightNote(input),
      },
      units: {},
    };
  }
  return withModel(input, model, context);
}

function withModel(input: AnalysisInput, model: PropensityModel, context: RunContext): Diagnosis {
  const treatment = input.treatment.values;
  const ate = ateWeights(model, treatment);
  const att = attWeights(model, treatment);
  const units = { propensity: model.scores, weights_ate: allRows(ate), weights_att: allRows(att) };
  return Object.freeze({
    json: {
      balance: balance(input, { ate, att }, context),
      overlap: overlapJson(model.scores, treatment),
      effective_sample_size: {
        n_treated: count(treatment, 1),
        n_control: count(treatment, 0),
        ate_treated: effectiveSampleSize(ate.treated.weights),
        ate_control: effectiveSampleSize(ate.control.weights),
        att_control: effectiveSampleSize(att.control.weights),
      },
      weights: { ate: tailsJson(units.weights_ate), att: tailsJson(att.control.weights) },
      propensity_model: propensityModelJson(model, treatment),
      ...weightNote(input),
    },
    units,
  });
}

/** Only what the data cause becomes a reason; being stopped and mistakes of ours pass through. */
function modelOrReason(input: AnalysisInput, context: RunContext): PropensityModel | string {
  try {
    return propensityModel(input, context);
  } catch (error) {
    if (error instanceof EstimationError) return error.message;
    throw error;
  }
}

function balance(input: AnalysisInput, arms: { ate: BothArms; att: BothArms } | null, context: RunContext): unknown[] {
  const columns = (both: BothArms) => ({ treated: both.treated.weights, control: both.control.weights });
  const weights = arms && { ate: columns(arms.ate), att: columns(arms.att) };
  return input.balanceColumns.map(({ name, values }) => {
    context.checkpoint();
    const row = balanceRow(name, values, input.treatment.values, weights);
    return {
      column: row.column,
      mean_treated: row.meanTreated,
      mean_control: row.meanControl,
      smd: row.smd,
      smd_binary_convention: row.smdBinaryConvention,
      smd_pooled: row.smdPooled,
      smd_weighted_ate: row.smdWeightedAte,
      smd_weighted_att: row.smdWeightedAtt,
      variance_ratio: row.varianceRatio,
      ks: row.ks,
    };
  });
}

function overlapJson(scores: Float64Array, treatment: Float64Array): Record<string, unknown> {
  const found = overlap(scores, treatment);
  return {
    treated: found.treated,
    control: found.control,
    common_support: found.commonSupport,
    n_common_support: found.nCommonSupport,
    share_common_support: found.shareCommonSupport,
  };
}

function tailsJson(weights: Float64Array): Record<string, unknown> | null {
  const tails = weightTails(weights);
  return tails && { max: tails.max, p99: tails.p99, share_top_1_percent: tails.shareTop1Percent };
}

function allRows(both: BothArms): Float64Array {
  return both.treated.weights.map((weight, i) => weight + both.control.weights[i]!);
}

function count(treatment: Float64Array, group: 0 | 1): number {
  let rows = 0;
  for (const value of treatment) if (value === group) rows++;
  return rows;
}

function unavailable(pieces: readonly string[], reason: string): Record<string, unknown> {
  return Object.fromEntries(
    pieces.flatMap((piece) => [
      [piece, null],
      [`${piece}_reason`, reason],
    ]),
  );
}

function weightNote(input: AnalysisInput): Record<string, unknown> {
  if (input.weight === undefined) return {};
  return { weight_note: `the sampling weights ('${input.weight.name}') enter none of these diagnostics` };
}
