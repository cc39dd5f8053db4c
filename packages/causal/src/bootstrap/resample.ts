import { takeCodes, takeEntries } from '../linalg/take.ts';
import type { AnalysisInput, Codes, Column, Treatment } from '../types.ts';

/**
 * The rows named by `rows`, in that order. `block` numbers the draw that each row came with: a unit drawn twice
 * becomes two units, so that panels stay panels.
 */
export function takeInputRows(input: AnalysisInput, rows: Int32Array, block: Int32Array, checkpoint?: () => void): AnalysisInput {
  const columnOf = ({ name, values }: Column): Column => {
    checkpoint?.();
    return { name, values: takeEntries(values, rows) };
  };
  const codesOf = ({ name, levels, codes }: Codes): Codes => ({ name, levels, codes: takeCodes(codes, rows) });
  return {
    n: rows.length,
    y: columnOf(input.y),
    treatment: { ...input.treatment, values: takeEntries(input.treatment.values, rows) } as Treatment,
    covariates: input.covariates.map(columnOf),
    // Few statistics look at them, so that they are copied when asked for.
    get balanceColumns() {
      return input.balanceColumns.map(columnOf);
    },
    instruments: input.instruments.map(columnOf),
    clusters: input.clusters.map(codesOf),
    ...(input.unit ? { unit: relabel(codesOf(input.unit), block) } : {}),
    ...(input.time ? { time: codesOf(input.time) } : {}),
    ...(input.weight ? { weight: columnOf(input.weight) } : {}),
    mappedRoles: input.mappedRoles,
  };
}

function relabel(unit: Codes, block: Int32Array): Codes {
  const ids = new Map<number, number>();
  const codes = unit.codes.map((code, i) => {
    const key = block[i]! * unit.levels.length + code;
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    return id;
  });
  return { name: unit.name, levels: Array.from(ids.keys(), String), codes };
}
