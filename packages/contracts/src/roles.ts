/** Roles that a column may be given in `mapping`. */
export const ROLES = [
  'y',
  'treatment',
  'unit_id',
  'covariates',
  'time',
  'cohort',
  'instruments',
  'running_variable',
  'cutoff',
  'cluster',
  'weight',
  'strata',
  'exposure',
  'domain',
  'dose',
] as const;
export type Role = (typeof ROLES)[number];

/** Roles that take several columns; every other takes one. */
export const LIST_ROLES: ReadonlySet<Role> = new Set<Role>(['covariates', 'instruments', 'cluster', 'strata']);
