import { leastSquares, predict } from '../fit/least_squares.ts';
import { column, fromColumns, type Matrix } from '../linalg/matrix.ts';
import { takeEntries } from '../linalg/take.ts';
import { type AnalysisInput, EstimationError } from '../types.ts';

/** Predicted outcomes of every row under treatment and under control, each of length n. */
export interface OutcomePredictions {
  readonly treated: Float64Array;
  readonly control: Float64Array;
}

/**
 * Least squares of the outcome on the covariates in each arm alone, predicted for all rows.
 * @param design n×k, the constant included
 * @throws EstimationError naming the arm and what is wrong in it: collinear columns, more columns than rows
 */
export function outcomePredictions(
  input: AnalysisInput,
  design: Matrix,
  names: readonly string[],
  checkpoint: () => void,
): OutcomePredictions {
  const predictions = (arm: 0 | 1) => {
    const rows = rowsOf(input.treatment.values, arm);
    const own = fromColumns(names.map((_, j) => takeEntries(column(design, j), rows)));
    try {
      return predict(leastSquares(own, names, takeEntries(input.y.values, rows), undefined, checkpoint), design);
    } catch (error) {
      if (!(error instanceof EstimationError)) throw error;
      throw new EstimationError(`outcome model of the ${arm === 1 ? 'treated' : 'control'} group: ${error.message}`);
    }
  };
  return { treated: predictions(1), control: predictions(0) };
}

function rowsOf(treatment: Float64Array, arm: 0 | 1): Int32Array {
  const rows: number[] = [];
  for (let i = 0; i < treatment.length; i++) if (treatment[i] === arm) rows.push(i);
  return Int32Array.from(rows);
}
