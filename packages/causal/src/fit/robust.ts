import { at, column, type Matrix, zeros } from '../linalg/matrix.ts';
import { squaredLengths } from '../linalg/orthonormal.ts';
import { addGram, multiplyVector } from '../linalg/products.ts';
import { congruence } from '../linalg/triangle.ts';
import { isPinned, pinnedWarning, type RobustKind, restsOn } from './leverage_one.ts';
import { eachScoreBlock, type Scored } from './scores.ts';

/**
 * The factor on e² that makes HC1–HC4 of HC0; h is the leverage of the row, mean k/n. Zero for a row whose
 * leverage is one: see leverage_one.ts.
 */
export function residualFactor(kind: RobustKind, h: number, n: number, k: number): number {
  if (kind === 'HC0') return 1;
  if (kind === 'HC1') return n / (n - k);
  if (isPinned(kind, h)) return 0;
  if (kind === 'HC2') return 1 / (1 - h);
  return (1 - h) ** -(kind === 'HC3' ? 2 : Math.min(4, (n * h) / k));
}

/** Heteroscedasticity-consistent covariance; NaN for coefficients that rest on a row of leverage one under HC2–HC4. */
export function robustCovariance(
  fit: Scored,
  kind: RobustKind,
  checkpoint: () => void,
): { matrix: Matrix; warnings: readonly string[] } {
  const k = fit.design.cols;
  const meat = zeros(k, k);
  const pinned: Float64Array[] = [];
  eachScoreBlock(fit, checkpoint, (q, residuals) => {
    const scores = squaredLengths(q).map((h, i) => {
      if (isPinned(kind, h)) pinned.push(Float64Array.from(q.columns, (values) => values[i]!));
      return residuals[i]! * Math.sqrt(residualFactor(kind, h, fit.n, k));
    });
    for (const values of q.columns) {
      for (let i = 0; i < values.length; i++) values[i] = values[i]! * scores[i]!;
    }
    addGram(meat, q.columns);
  });
  const matrix = congruence(fit.inverseTriangle, meat, checkpoint);
  if (pinned.length === 0) return { matrix, warnings: [] };
  for (const q of pinned) removePinned(fit, matrix, q);
  return { matrix, warnings: [pinnedWarning(kind, pinned.length)] };
}

/** Makes NaN the rows and columns of the coefficients that rest on the row q of Q. */
function removePinned(fit: Scored, matrix: Matrix, q: Float64Array): void {
  const k = matrix.rows;
  const shares = multiplyVector(fit.inverseTriangle, q);
  for (let j = 0; j < k; j++) {
    if (!restsOn(shares[j]!, at(fit.bread, j, j))) continue;
    column(matrix, j).fill(Number.NaN);
    for (let l = 0; l < k; l++) matrix.data[j + l * k] = Number.NaN;
  }
}
