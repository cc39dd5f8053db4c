import { weightTails } from '../diagnostics/weight_tails.ts';
import type { AnalysisInput } from '../types.ts';
import type { PropensityModel } from './model.ts';

const EXTREME_SCORE = 0.01;
const HEAVY_ROW = 0.1;

/** Says where scores next to 0 or 1 make few rows carry the estimate. */
export function scoreWarnings(model: PropensityModel): string[] {
  let extreme = 0;
  for (const score of model.scores) if (score < EXTREME_SCORE || score > 1 - EXTREME_SCORE) extreme++;
  if (extreme === 0) return [];
  return [
    `${extreme} of ${model.scores.length} rows have a propensity score below ${EXTREME_SCORE} or above ${1 - EXTREME_SCORE}`,
  ];
}

/** Says where one row holds a tenth of its arm's total weight or more. @param weights zero outside the arm */
export function tailWarnings(arm: 'treated' | 'control', weights: Float64Array): string[] {
  const tails = weightTails(weights);
  if (tails === null) return [];
  let total = 0;
  for (const weight of weights) total += weight;
  const share = tails.max / total;
  if (share < HEAVY_ROW) return [];
  return [
    `the largest weight of the ${arm} group is ${tails.max.toPrecision(3)}, ` +
      `${(100 * share).toFixed(1)} % of the group's total: the estimate hangs on few rows`,
  ];
}

/** For methods whose standard error takes rows as independent even when a cluster column is mapped. */
export function clustersUnused(input: AnalysisInput): string[] {
  if (input.clusters.length === 0) return [];
  const names = input.clusters.map((cluster) => `'${cluster.name}'`).join(', ');
  return [`the analytic standard error takes rows as independent: the role 'cluster' (${names}) does not enter it`];
}
