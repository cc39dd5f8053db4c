import type { AnalysisInput } from '@penstock/causal';
import type { Role } from '@penstock/contracts';
import type { LoadedColumn } from '@penstock/store';
import { checkRange, checkWeights } from './check-numbers.ts';
import { checkSize, type SizeLimit } from './check-size.ts';
import { completeCases } from './complete-cases.ts';
import { groupsOf } from './groups.ts';
import { invalidData } from './invalid-data.ts';
import { isConstant, type Regressors, regressorsOf } from './regressors.ts';
import { prepareTreatment } from './treatment.ts';

export interface Prepared {
  readonly input: AnalysisInput;
  /** What was decided for the caller about rows, levels and constants. */
  readonly notes: readonly string[];
}

/**
 * Makes an estimator's input of the columns of a data set: complete cases, a recoded treatment, dummies for texts.
 * @param columns every column that `roles` names and an estimator can use, of `rows` rows each
 * @param limit of the design that the regressions are fitted on
 * @throws InvalidData naming role, column and what would be accepted
 */
export function prepare(
  rows: number,
  columns: readonly LoadedColumn[],
  roles: ReadonlyMap<Role, readonly string[]>,
  limit: SizeLimit,
): Prepared {
  const cases = completeCases(rows, columns);
  const byName = new Map(cases.columns.map((column) => [column.name, column]));
  const columnsOf = (role: Role): LoadedColumn[] => (roles.get(role) ?? []).map((name) => byName.get(name) as LoadedColumn);
  const firstOf = (role: Role): LoadedColumn | undefined => columnsOf(role)[0];

  const y = numbersOf('y', firstOf('y') as LoadedColumn);
  if (isConstant(y.values)) {
    throw invalidData(
      'y',
      `the outcome '${y.name}' has one value, ${y.values[0]}, in the rows used`,
      y.name,
      'a column that varies',
    );
  }
  const { treatment, notes: treatmentNotes } = prepareTreatment(firstOf('treatment') as LoadedColumn);
  const interactions = limit.interactions && treatment.kind === 'binary';
  checkSize(cases.n, columnsOf('covariates'), columnsOf('instruments'), { ...limit, interactions });
  const covariates = regressorsOf(columnsOf('covariates'));
  const instruments = regressorsOf(columnsOf('instruments'));
  checkCounts(cases.n, covariates, instruments);
  checkRange('treatment', [treatment]);
  checkRange('covariates', covariates.columns);
  checkRange('instruments', instruments.columns);

  const weightColumn = firstOf('weight');
  const weight = weightColumn && numbersOf('weight', weightColumn);
  if (weight !== undefined) checkWeights(weight);
  const unit = firstOf('unit_id');
  const time = firstOf('time');
  return {
    input: {
      n: cases.n,
      y,
      treatment,
      covariates: covariates.columns,
      balanceColumns: covariates.allLevels,
      instruments: instruments.columns,
      clusters: columnsOf('cluster').map(groupsOf),
      ...(unit && { unit: groupsOf(unit) }),
      ...(time && { time: groupsOf(time) }),
      ...(weight && { weight }),
      mappedRoles: new Set([...roles].filter(([, names]) => names.length > 0).map(([role]) => role)),
    },
    notes: [
      ...cases.notes,
      ...treatmentNotes,
      ...covariates.notes,
      ...covariates.constant.map((name) => `Not a covariate: ${name} (one value in the rows used)`),
      ...instruments.notes,
    ],
  };
}

function numbersOf(role: Role, column: LoadedColumn): { name: string; values: Float64Array } {
  if (!('values' in column))
    throw invalidData(role, `the column '${column.name}' is not numeric`, column.name, 'a column of numbers');
  checkRange(role, [column]);
  return { name: column.name, values: column.values };
}

function checkCounts(n: number, covariates: Regressors, instruments: Regressors): void {
  const [constant] = instruments.constant;
  if (constant !== undefined) {
    throw invalidData(
      'instruments',
      `the instrument '${constant}' has one value in the rows used`,
      constant,
      'a column that varies',
    );
  }
  for (const [role, { columns }] of [['covariates', covariates] as const, ['instruments', instruments] as const]) {
    // Constant, treatment and the columns must leave a row to spare.
    if (columns.length + 2 < n || columns.length === 0) continue;
    throw invalidData(
      role,
      `${columns.length} columns of ${role} (dummies counted) are too many for ${n} rows`,
      columns.length,
      `fewer than ${Math.max(0, n - 2)}`,
    );
  }
}
