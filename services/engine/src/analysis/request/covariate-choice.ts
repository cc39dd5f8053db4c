import type { ColumnSummary, Dataset, Role } from '@penstock/contracts';
import type { Mapping } from './mapping.ts';

/** A text column with more levels than this is not made into dummies unless it is asked for. */
const MAX_DEFAULT_LEVELS = 50;

export interface CovariateChoice {
  /** Sorted by name. */
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The covariates of an analysis: those mapped, or else every other usable column.
 * The notes follow from the columns, not from whether they were named: naming exactly the default ones is the same analysis.
 */
export function chooseCovariates(dataset: Dataset, mapping: Mapping): CovariateChoice {
  const taken = new Set([...mapping.columns].filter(([role]) => role !== 'covariates').flatMap(([, names]) => names));
  const free = dataset.columns.filter(({ name }) => !taken.has(name));
  const unusable = new Map(free.flatMap((column) => reasonAgainst(column, dataset, mapping)));
  const usual = free.map(({ name }) => name).filter((name) => !unusable.has(name));
  const names = [...(mapping.columns.get('covariates') ?? usual)].sort(byCodePoint);
  const isUsual = names.length === usual.length && names.every((name) => !unusable.has(name) && !taken.has(name));
  return { names, notes: isUsual ? notesOnUsual(names, unusable) : [] };
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function notesOnUsual(names: readonly string[], unusable: ReadonlyMap<string, string>): string[] {
  const chosen =
    names.length === 0
      ? 'Covariates: none, because no usable column is left'
      : `Covariates: every usable column without another role: ${names.join(', ')}`;
  return [chosen, ...[...unusable].map(([name, reason]) => `Not a covariate: ${name} (${reason})`)];
}

function reasonAgainst(column: ColumnSummary, dataset: Dataset, mapping: Mapping): [string, string][] {
  const reason = reasonOf(column, dataset, mapping);
  return reason === undefined ? [] : [[column.name, reason]];
}

function reasonOf({ name, type, distinct, missing }: ColumnSummary, dataset: Dataset, mapping: Mapping): string | undefined {
  if (missing === dataset.rows) return 'every value is missing';
  if (distinct <= 1) return 'constant';
  if (type === 'timestamp') return 'a timestamp';
  if (type === 'text' && distinct > MAX_DEFAULT_LEVELS) return `text with ${distinct} levels, more than ${MAX_DEFAULT_LEVELS}`;
  if (!mapping.columns.has('unit_id') && looksLikeUnit(name, dataset)) return 'it looks like the identifier of the units';
  return undefined;
}

const UNIT: Role = 'unit_id';
const looksLikeUnit = (name: string, { suggested_roles }: Dataset): boolean =>
  suggested_roles.some(({ role, column }) => role === UNIT && column === name);
