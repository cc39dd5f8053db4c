import { weightedMean } from '../fit/design.ts';
import type { AnalysisInput } from '../types.ts';
import type { DidRegression } from './did_regression.ts';

/** Mean outcomes of the four cells, over the rows that the regression uses. */
interface CellMeans {
  readonly treated_before: number;
  readonly treated_after: number;
  readonly control_before: number;
  readonly control_after: number;
}

export function cellMeans(input: AnalysisInput, regression: DidRegression): CellMeans {
  const { rows } = regression;
  const mean = (group: 0 | 1, post: 0 | 1): number => {
    const picked = rows.filter((row, i) => regression.groupOfRows[i] === group && regression.periods.post[row] === post);
    const weights = input.weight && picked.map((row) => input.weight!.values[row]!);
    return weightedMean(
      Float64Array.from(picked, (row) => input.y.values[row]!),
      weights && Float64Array.from(weights),
    );
  };
  return {
    treated_before: mean(1, 0),
    treated_after: mean(1, 1),
    control_before: mean(0, 0),
    control_after: mean(0, 1),
  };
}
