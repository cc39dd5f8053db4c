import type { Treatment } from '@penstock/causal';
import type { LoadedColumn } from '@penstock/store';
import { distinctValues, groupsOf } from './groups.ts';
import { invalidData } from './invalid-data.ts';

const ACCEPTED = 'two levels of any kind (numbers, texts, booleans), or more than two numbers';

/**
 * Two levels become 0 and 1, the second in sorted order being "treated"; more than two numbers stay a continuous treatment.
 * @throws InvalidData for one level, or for texts with more than two
 */
export function prepareTreatment(column: LoadedColumn): { treatment: Treatment; notes: readonly string[] } {
  const { name } = column;
  const levels = 'values' in column ? numericLevels(column) : groupsOf(column).levels;
  if (levels === undefined) {
    return {
      treatment: { kind: 'continuous', name, values: (column as { values: Float64Array }).values },
      notes: [`${name} has more than two values: it is a continuous treatment, for the methods that take one`],
    };
  }
  const [control, treated] = levels;
  if (control === undefined || treated === undefined) {
    throw invalidData('treatment', `the treatment '${name}' has one level, '${control}', in the rows used`, name, ACCEPTED);
  }
  if (levels.length > 2) {
    const shown = levels.slice(0, 5).map((level) => `'${level}'`);
    const message = `the treatment '${name}' is text with ${levels.length} levels: ${shown.join(', ')}${levels.length > 5 ? ', …' : ''}`;
    throw invalidData('treatment', message, name, ACCEPTED);
  }
  const recoded = recode(column);
  const already = 'values' in column && column.type === 'number' && control === '0' && treated === '1';
  return {
    treatment: { kind: 'binary', name, values: recoded, levels: [control, treated] },
    notes: already ? [] : [`Treatment ${name}: '${treated}' is treated (1), '${control}' is control (0)`],
  };
}

/** Undefined for more than two values. */
function numericLevels({ type, values }: Extract<LoadedColumn, { values: Float64Array }>): readonly string[] | undefined {
  const distinct = distinctValues(values, 2);
  if (distinct.length > 2) return undefined;
  return Array.from(distinct, (value) => (type === 'boolean' ? String(value === 1) : String(value)));
}

function recode(column: LoadedColumn): Float64Array {
  if (!('values' in column)) return Float64Array.from(groupsOf(column).codes);
  let low = Number.POSITIVE_INFINITY;
  for (const value of column.values) if (value < low) low = value;
  return column.values.map((value) => (value === low ? 0 : 1));
}
