import type { Column } from '@penstock/causal';
import { invalidData } from './invalid-data.ts';

/** Squares and products of larger numbers leave the range of a double. */
const LARGEST = 1e150;

/** @throws InvalidData for a value beyond ±1e150 */
export function checkRange(role: string, columns: readonly Column[]): void {
  for (const { name, values } of columns) {
    for (const value of values) {
      if (Math.abs(value) <= LARGEST) continue;
      const message = `the column '${name}' has the value ${value}, whose square cannot be represented`;
      throw invalidData(role, message, value, `numbers within ±${LARGEST}; rescale the column`);
    }
  }
}

/** @throws InvalidData for a negative weight, or when all are zero */
export function checkWeights({ name, values }: Column): void {
  let total = 0;
  for (const value of values) {
    if (value < 0) throw invalidData('weight', `the weight '${name}' has the negative value ${value}`, value, 'numbers from 0');
    total += value;
  }
  if (total === 0) throw invalidData('weight', `every weight in '${name}' is zero`, name, 'weights of which some are above 0');
}
