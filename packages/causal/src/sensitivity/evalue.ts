/**
 * E-values: how strongly an unmeasured confounder would have to be associated with both treatment and
 * outcome, on the risk-ratio scale, to explain an estimate away.
 * VanderWeele & Ding (2017), Annals of Internal Medicine 167(4), 268–274.
 */
export interface EValue {
  /** The risk ratio that the E-value speaks about (as given, not inverted). */
  readonly riskRatio: number;
  readonly ciLower: number | null;
  readonly ciUpper: number | null;
  /** E-value of the point estimate; 1 when there is nothing to explain away. */
  readonly point: number;
  /** E-value of the interval's end nearer to 1: 1 when the interval holds 1, null without an interval. */
  readonly interval: number | null;
}

/**
 * E-value of a risk ratio with, optionally, its confidence interval.
 * @throws RangeError for a risk ratio that is not positive and finite, or an interval that does not hold it
 */
export function evalueRiskRatio(riskRatio: number, interval?: readonly [number, number]): EValue {
  requirePositive('riskRatio', riskRatio);
  const point = fromRiskRatio(riskRatio);
  if (interval === undefined) return Object.freeze({ riskRatio, ciLower: null, ciUpper: null, point, interval: null });
  const [ciLower, ciUpper] = interval;
  if (!(ciLower >= 0) || !(ciLower <= riskRatio) || !(ciUpper >= riskRatio)) {
    throw new RangeError(`interval must be [lower, upper] around riskRatio ${riskRatio}; received [${ciLower}, ${ciUpper}]`);
  }
  const limit = riskRatio >= 1 ? ciLower : ciUpper;
  const crossed = riskRatio >= 1 ? limit <= 1 : limit >= 1;
  return Object.freeze({ riskRatio, ciLower, ciUpper, point, interval: crossed ? 1 : fromRiskRatio(limit) });
}

/**
 * E-value of a standardised mean difference with its standard error, by the approximation
 * RR ≈ exp(0.91 d) and the 95 % limits exp(0.91 d ∓ 1.78 s) (VanderWeele & Ding 2017, table 2, after
 * Chinn 2000; 1.78 = 0.91 · 1.96, so the interval is a 95 % one whatever alpha is).
 * @throws RangeError when `d` or `stdError` is not finite, or `stdError` is negative
 */
export function evalueStandardisedDifference(d: number, stdError: number | null): EValue {
  if (!Number.isFinite(d)) throw new RangeError(`d must be a finite number; received ${d}`);
  const riskRatio = Math.exp(0.91 * d);
  if (stdError === null) return evalueRiskRatio(riskRatio);
  if (!(stdError >= 0) || stdError === Infinity) throw new RangeError(`stdError must be ≥ 0 and finite; received ${stdError}`);
  return evalueRiskRatio(riskRatio, [Math.exp(0.91 * d - 1.78 * stdError), Math.exp(0.91 * d + 1.78 * stdError)]);
}

function fromRiskRatio(riskRatio: number): number {
  const above = riskRatio < 1 ? 1 / riskRatio : riskRatio;
  return above + Math.sqrt(above * (above - 1));
}

function requirePositive(name: string, value: number): void {
  if (!(value > 0) || value === Infinity) throw new RangeError(`${name} must be positive and finite; received ${value}`);
}
