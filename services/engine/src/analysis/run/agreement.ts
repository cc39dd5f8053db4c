import type { EstimatorOk } from '@penstock/contracts';

/** Share of the estimates that have the majority's sign, from 0.5 to 1; null when none is different from zero. */
export function signConsensus(results: readonly EstimatorOk[]): number | null {
  const signs = results.map(({ estimate }) => Math.sign(estimate)).filter((sign) => sign !== 0);
  if (signs.length === 0) return null;
  const positive = signs.filter((sign) => sign > 0).length;
  return Math.max(positive, signs.length - positive) / signs.length;
}

/** Mean over pairs of estimators of one estimand of intersection ÷ union of their intervals; null without a pair. */
export function ciOverlapIndex(results: readonly EstimatorOk[]): number | null {
  const intervals = results.flatMap(({ estimand, ci_lower, ci_upper }) =>
    ci_lower === null || ci_upper === null ? [] : [{ estimand, lower: ci_lower, upper: ci_upper }],
  );
  let sum = 0;
  let pairs = 0;
  intervals.forEach((a, i) => {
    for (const b of intervals.slice(i + 1)) {
      if (a.estimand !== b.estimand) continue;
      const union = Math.max(a.upper, b.upper) - Math.min(a.lower, b.lower);
      const intersection = Math.max(0, Math.min(a.upper, b.upper) - Math.max(a.lower, b.lower));
      // Two intervals of no width share everything or nothing.
      sum += union > 0 ? intersection / union : 1;
      pairs++;
    }
  });
  return pairs === 0 ? null : sum / pairs;
}
