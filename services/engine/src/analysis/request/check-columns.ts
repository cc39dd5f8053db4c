import type { ColumnSummary, Dataset, FieldError, Role } from '@penstock/contracts';
import type { Mapping } from './mapping.ts';
import { listed, nearestHint } from './names.ts';

/** Roles that this version's estimators read; columns of the others are kept out of the covariates and otherwise unused. */
export const USED_ROLES: ReadonlySet<Role> = new Set<Role>([
  'y',
  'treatment',
  'unit_id',
  'covariates',
  'time',
  'instruments',
  'cluster',
  'weight',
]);

const MAX_ERRORS = 10;
const MAX_CLUSTERS = 2;
/** Groups of rows may well be something else too: cluster by unit, strata by region. */
const GROUPING: ReadonlySet<Role> = new Set<Role>(['cluster', 'strata']);
const EXCLUSIVE: ReadonlySet<Role> = new Set<Role>(['y', 'weight']);
const NUMERIC: ReadonlySet<Role> = new Set<Role>(['y', 'weight']);

/** What keeps the mapped columns from being used as they are mapped, as far as names and types tell. */
export function checkColumns(dataset: Dataset, { columns }: Mapping): FieldError[] {
  const known = new Map(dataset.columns.map((column) => [column.name, column]));
  const roles = new Map<string, Role>();
  const errors: FieldError[] = [];
  const clusters = columns.get('cluster') ?? [];
  if (clusters.length > MAX_CLUSTERS) errors.push(tooManyClusters(clusters));
  for (const [role, names] of columns) {
    for (const name of names) {
      if (errors.length === MAX_ERRORS) return errors;
      const column = known.get(name);
      const first = roles.get(name);
      if (column === undefined) errors.push(unknownColumn(role, name, dataset));
      else if (first !== undefined && !mayShare(first, role)) errors.push(twoRoles(first, role, name));
      else errors.push(...wrongType(role, column, dataset));
      roles.set(name, first ?? role);
    }
  }
  return errors;
}

function unknownColumn(role: Role, name: string, { columns, id }: Dataset): FieldError {
  const names = columns.map((column) => column.name);
  return {
    field: `/mapping/${role}`,
    message: `the data set '${id}' has no column '${short(name)}'${nearestHint(name, names)}`,
    received: short(name),
    accepted: listed(names),
  };
}

const tooManyClusters = (names: readonly string[]): FieldError => ({
  field: '/mapping/cluster',
  message: `errors can be clustered by at most ${MAX_CLUSTERS} columns, ${names.length} are mapped`,
  received: names.slice(0, MAX_ERRORS).map(short),
  accepted: 'one or two columns',
});

const mayShare = (a: Role, b: Role): boolean => (GROUPING.has(a) || GROUPING.has(b)) && !EXCLUSIVE.has(a) && !EXCLUSIVE.has(b);

const twoRoles = (first: Role, second: Role, name: string): FieldError => ({
  field: `/mapping/${second}`,
  message: `the column '${short(name)}' already has the role '${first}'`,
  received: short(name),
  accepted: 'a column without another role (cluster and strata may share one)',
});

function wrongType(role: Role, { name, type, distinct, missing }: ColumnSummary, dataset: Dataset): FieldError[] {
  if (NUMERIC.has(role) && type !== 'number' && type !== 'boolean') {
    const numeric = dataset.columns.filter((column) => column.type === 'number' || column.type === 'boolean');
    return [
      {
        field: `/mapping/${role}`,
        message: `the column '${short(name)}' is ${describeType(type)}; the role '${role}' needs numbers`,
        received: short(name),
        accepted: listed(numeric.map((column) => column.name)),
      },
    ];
  }
  if (type === 'timestamp' && (role === 'treatment' || role === 'covariates' || role === 'instruments')) {
    return [
      {
        field: `/mapping/${role}`,
        message: `the column '${short(name)}' holds timestamps, which the role '${role}' cannot use`,
        received: short(name),
        accepted: 'a column of numbers, booleans or text; make a number of the timestamp before the upload',
      },
    ];
  }
  if (distinct <= 1 && (role === 'covariates' || role === 'instruments')) {
    const what = missing === dataset.rows ? 'has no value at all' : 'has one value';
    const message = `the column '${short(name)}' ${what}: nothing can be learnt from it`;
    return [{ field: `/mapping/${role}`, message, received: short(name), accepted: 'columns that vary' }];
  }
  return [];
}

const describeType = (type: string): string => (type === 'timestamp' ? 'a timestamp' : type);
const short = (name: string): string => (name.length > 80 ? `${name.slice(0, 80)}…` : name);
