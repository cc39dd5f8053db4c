import { mean, variance } from '../diagnostics/moments.ts';
import { EstimationError } from '../types.ts';
import type { Strata } from './strata.ts';

/** Treated minus control within one stratum. */
export interface StratumDifference {
  readonly n1: number;
  readonly n0: number;
  readonly difference: number;
  /** s1²/n1 + s0²/n0, null when an arm is a single row. */
  readonly variance: number | null;
}

/** @throws EstimationError naming the stratum that lacks a group */
export function stratumDifferences(y: Float64Array, treatment: Float64Array, strata: Strata): readonly StratumDifference[] {
  const members = Array.from({ length: strata.edges.length - 1 }, () => ({ treated: [] as number[], control: [] as number[] }));
  for (let i = 0; i < y.length; i++) {
    const stratum = members[strata.codes[i]!]!;
    (treatment[i] === 1 ? stratum.treated : stratum.control).push(y[i]!);
  }
  return members.map(({ treated, control }, k) => {
    requireBoth(treated.length, control.length, k, strata);
    const [y1, y0] = [Float64Array.from(treated), Float64Array.from(control)];
    const single = y1.length < 2 || y0.length < 2;
    return Object.freeze({
      n1: y1.length,
      n0: y0.length,
      difference: mean(y1) - mean(y0),
      variance: single ? null : variance(y1) / y1.length + variance(y0) / y0.length,
    });
  });
}

function requireBoth(n1: number, n0: number, k: number, strata: Strata): void {
  if (n1 > 0 && n0 > 0) return;
  const [lower, upper] = [strata.edges[k]!, strata.edges[k + 1]!];
  throw new EstimationError(
    `no overlap in stratum ${k + 1} of ${strata.edges.length - 1} (propensity scores ${lower.toPrecision(3)} to ` +
      `${upper.toPrecision(3)}): ${n1} treated and ${n0} control rows; fewer strata or other covariates may help`,
  );
}
