import { type FieldError, LIST_ROLES, ProblemError, ROLES, type Role, shown } from '@penstock/contracts';

/** Roles with their columns, however the request wrote them. A role that was not mapped is absent. */
export interface Mapping {
  readonly columns: ReadonlyMap<Role, readonly string[]>;
  /** The threshold of the running variable: the one role that takes a number. */
  readonly cutoff: number | undefined;
}

type Entry = readonly [role: Role, given: unknown, field: string];

/**
 * Brings both forms of a mapping, `{role: column | [columns]}` and `[{role, column}]`, to one.
 * `covariates: []` stays, as "none"; an empty list of any other role counts as not mapped.
 * @throws ProblemError invalid_request for a role with too many or too few columns
 */
export function readMapping(given: unknown): Mapping {
  const errors: FieldError[] = [];
  const columns = new Map<Role, readonly string[]>();
  let cutoff: number | undefined;
  for (const [role, values, field] of entriesOf(given)) {
    if (role === 'cutoff') {
      const [value] = values;
      if (values.length === 1 && typeof value === 'number') cutoff = value;
      else errors.push({ field, message: 'takes one number', received: shown(values), accepted: 'a number, not a column' });
      continue;
    }
    const names = [...new Set(values)];
    const number = names.find((name) => typeof name !== 'string');
    if (number !== undefined) {
      errors.push({ field, message: 'takes the name of a column', received: shown(number), accepted: 'a text' });
    } else if (names.length > 1 && !LIST_ROLES.has(role)) {
      errors.push({ field, message: 'takes one column', received: shown(names), accepted: 'the name of one column' });
    } else if (names.length > 0 || role === 'covariates') {
      columns.set(role, names as string[]);
    }
  }
  for (const role of ['y', 'treatment'] as const) {
    if (!columns.has(role) && !errors.some(({ field }) => field === `/mapping/${role}`)) {
      errors.push({ field: `/mapping/${role}`, message: 'is required', accepted: 'the name of a column' });
    }
  }
  if (errors.length > 0) {
    throw new ProblemError('invalid_request', errors.map(({ field, message }) => `${field} ${message}`).join('; '), { errors });
  }
  return { columns, cutoff };
}

function entriesOf(given: unknown): readonly (readonly [Role, readonly unknown[], string])[] {
  const single: Entry[] = Array.isArray(given)
    ? (given as { role: Role; column: unknown }[]).map(({ role, column }) => [role, column, `/mapping/${role}`])
    : Object.entries(given as object).map(([role, value]) => [role as Role, value, `/mapping/${role}`]);
  return ROLES.flatMap((role) => {
    const mine = single.filter((entry) => entry[0] === role);
    if (mine.length === 0) return [];
    return [[role, mine.flatMap(([, value]) => value as unknown), `/mapping/${role}`] as const];
  });
}
