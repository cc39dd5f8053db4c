import { column, type Matrix } from '../linalg/matrix.ts';
import { multiplyVector } from '../linalg/products.ts';
import { EstimationError } from '../types.ts';

/**
 * Whether a Newton step is a direction of separation: along it no row's likelihood falls and some row's rises,
 * so that the likelihood has no maximum (Albert & Anderson 1984). Near a true maximum steps are small and mixed;
 * under separation they keep moving the separated rows by about one on the logit scale.
 */
export function isSeparating(design: Matrix, treatment: Float64Array, step: Float64Array): boolean {
  const change = multiplyVector(design, step);
  let lowest = Infinity;
  let highest = -Infinity;
  for (let i = 0; i < change.length; i++) {
    const gain = treatment[i] === 1 ? change[i]! : -change[i]!;
    if (gain < lowest) lowest = gain;
    if (gain > highest) highest = gain;
  }
  return highest > 0.05 && lowest > -1e-6 * highest;
}

export function separationError(
  design: Matrix,
  names: readonly string[],
  treatment: Float64Array,
  step: Float64Array,
): EstimationError {
  const alone = names.filter((_, j) => separatesAlone(column(design, j), treatment));
  if (alone.length > 0) {
    const list = alone.map((name) => `'${name}'`).join(', ');
    return new EstimationError(`perfect separation: ${list} tells some rows' treatment with certainty`);
  }
  const moving = largestMovers(design, step).map((j) => `'${names[j]}'`);
  return new EstimationError(
    `perfect separation: a combination of ${moving.join(', ')} tells some rows' treatment with certainty`,
  );
}

/** All of one group lie on one side of all of the other, ties at the border allowed. */
function separatesAlone(values: Float64Array, treatment: Float64Array): boolean {
  const range = [
    { low: Infinity, high: -Infinity },
    { low: Infinity, high: -Infinity },
  ];
  for (let i = 0; i < values.length; i++) {
    const group = range[treatment[i] === 1 ? 1 : 0]!;
    group.low = Math.min(group.low, values[i]!);
    group.high = Math.max(group.high, values[i]!);
  }
  const [control, treated] = [range[0]!, range[1]!];
  const constant = Math.min(control.low, treated.low) === Math.max(control.high, treated.high);
  return !constant && (control.high <= treated.low || treated.high <= control.low);
}

function largestMovers(design: Matrix, step: Float64Array): number[] {
  const moves = Array.from(step, (value, j) => {
    const values = column(design, j);
    let low = Infinity;
    let high = -Infinity;
    for (const entry of values) {
      low = Math.min(low, entry);
      high = Math.max(high, entry);
    }
    return { j, size: Math.abs(value) * (high - low) };
  });
  const largest = Math.max(...moves.map((move) => move.size));
  return moves.filter((move) => move.size > 0.01 * largest).map((move) => move.j);
}
