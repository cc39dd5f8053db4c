import { createHash } from 'node:crypto';
import {
  type AnalysisRequest,
  CONTRACT_VERSION,
  type Dataset,
  type FieldError,
  ProblemError,
  type ResolvedOptions,
  ROLES,
  type Role,
} from '@penstock/contracts';
import { checkColumns, USED_ROLES } from './check-columns.ts';
import { chooseCovariates } from './covariate-choice.ts';
import { type Mapping, readMapping } from './mapping.ts';
import { resolveOptions } from './resolve-options.ts';

/** An analysis as it will be computed: every default spelled out, every list in one order. */
export interface ResolvedAnalysis {
  /** SHA-256 over data, canonical request and engine version: equal ids mean equal replies. */
  readonly id: string;
  /** Columns of each mapped role; covariates always, sorted by name. */
  readonly roles: ReadonlyMap<Role, readonly string[]>;
  readonly cutoff: number | undefined;
  readonly options: ResolvedOptions;
  /** What was decided for the caller as far as names and types tell. */
  readonly notes: readonly string[];
}

/**
 * @throws ProblemError invalid_request for a mapping that is not one; invalid_analysis naming each field that does not
 * fit the data set
 */
export function resolveAnalysis(request: AnalysisRequest, dataset: Dataset, engineVersion: string): ResolvedAnalysis {
  const mapping = readMapping(request.mapping);
  refuse(checkColumns(dataset, mapping));
  const covariates = chooseCovariates(dataset, mapping);
  const roles = rolesOf(mapping, covariates.names);
  const { options, errors } = resolveOptions(request.options ?? {}, {
    hasCluster: roles.has('cluster'),
    covariates: covariates.names,
  });
  refuse(errors);
  const canonical = {
    contract: CONTRACT_VERSION,
    engine: engineVersion,
    data: dataset.sha256,
    roles: [...roles],
    cutoff: mapping.cutoff ?? null,
    options,
  };
  const id = createHash('sha256').update(JSON.stringify(canonical)).digest('hex');
  return { id, roles, cutoff: mapping.cutoff, options, notes: [...covariates.notes, ...notesOn(mapping)] };
}

/** @throws ProblemError invalid_analysis when there are errors */
function refuse(errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  throw new ProblemError('invalid_analysis', errors.map(({ message }) => message).join('; '), { errors });
}

/** In the order of the contract; which columns a role has matters, not the order in which they were named. */
function rolesOf(mapping: Mapping, covariates: readonly string[]): Map<Role, readonly string[]> {
  const roles = new Map<Role, readonly string[]>();
  for (const role of ROLES) {
    const names = role === 'covariates' ? covariates : mapping.columns.get(role);
    if (names !== undefined) roles.set(role, [...names].sort());
  }
  return roles;
}

function notesOn({ columns, cutoff }: Mapping): string[] {
  const unused = ROLES.filter((role) => columns.has(role) && !USED_ROLES.has(role));
  if (cutoff !== undefined) unused.push('cutoff');
  return [
    ...(columns.has('unit_id') ? [] : ["No column has the role 'unit_id': every row counts as a unit of its own"]),
    ...unused.map((role) => `No estimator of this version uses the role '${role}'`),
  ];
}
