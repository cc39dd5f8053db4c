import type { Column } from '@penstock/causal';
import type { LoadedColumn } from '@penstock/store';
import { groupsOf } from './groups.ts';

export interface Regressors {
  /** Numbers as they are; texts as dummies without the first level in sorted order. */
  readonly columns: readonly Column[];
  /** As `columns`, with a dummy for every level. */
  readonly allLevels: readonly Column[];
  readonly notes: readonly string[];
  /** Names of columns left out because they have one value in the rows used. */
  readonly constant: readonly string[];
}

/** Turns columns without missing values into numbers. */
export function regressorsOf(columns: readonly LoadedColumn[]): Regressors {
  const result = { columns: [] as Column[], allLevels: [] as Column[], notes: [] as string[], constant: [] as string[] };
  for (const column of columns) {
    if ('values' in column) {
      if (isConstant(column.values)) {
        result.constant.push(column.name);
        continue;
      }
      const numeric = { name: column.name, values: column.values };
      result.columns.push(numeric);
      result.allLevels.push(numeric);
      continue;
    }
    const { name, levels, codes } = groupsOf(column);
    if (levels.length < 2) {
      result.constant.push(name);
      continue;
    }
    const dummies = levels.map((level, code) => dummy(`${name}=${level}`, codes, code));
    result.columns.push(...dummies.slice(1));
    result.allLevels.push(...dummies);
    result.notes.push(`${name} became ${levels.length - 1} dummies; its first level, '${levels[0]}', is the reference`);
  }
  return result;
}

function dummy(name: string, codes: Int32Array, level: number): Column {
  const values = new Float64Array(codes.length);
  for (let i = 0; i < codes.length; i++) if (codes[i] === level) values[i] = 1;
  return { name, values };
}

export function isConstant(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}
