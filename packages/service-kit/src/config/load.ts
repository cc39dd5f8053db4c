import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { ConfigError } from './config-error.ts';
import { describeAccepted } from './describe.ts';
import type { EnvironmentOf, EnvironmentSchema } from './spec.ts';

/** Prefixes of variables that both services read. */
const COMMON_PREFIXES = ['FAULTS', 'TRACE_SLOW'];

export interface LoadOptions {
  /**
   * Prefixes that belong to this service. A variable that starts with one and is not in the schema is
   * taken for a misspelling and stops the start.
   */
  readonly ownPrefixes: readonly string[];
  /** Variables with such a prefix that another service reads. */
  readonly foreign?: readonly string[];
}

/**
 * Reads a service's configuration once, at start.
 * An empty value counts as unset, as compose files write it.
 * @throws ConfigError naming each variable that is wrong, the value received and what is accepted
 */
export function loadConfig<S extends EnvironmentSchema>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
  options: LoadOptions,
): EnvironmentOf<S> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(schema.properties)) {
    const text = env[name];
    const value = text === undefined || text === '' ? defaultOf(variable) : parse(variable, text);
    if (value === undefined) {
      if (!isOptional(variable)) problems.push(`${name}: not set, accepted: ${describeAccepted(variable)}`);
    } else if (!Value.Check(variable, value)) {
      problems.push(`${name}: received ${JSON.stringify(text)}, accepted: ${describeAccepted(variable)}`);
    } else {
      values[name] = value;
    }
  }
  problems.push(...unknownVariables(Object.keys(schema.properties), env, options));
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return Object.freeze(values) as EnvironmentOf<S>;
}

function parse(variable: TSchema, text: string): unknown {
  const type = (variable as { type?: string }).type;
  if (type === 'integer' || type === 'number') return text.trim() === '' ? text : Number(text);
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

const defaultOf = (variable: TSchema): unknown => (variable as { default?: unknown }).default;
const isOptional = (variable: TSchema): boolean => '~optional' in variable;

function unknownVariables(
  known: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  options: LoadOptions,
): string[] {
  const allowed = new Set([...known, ...(options.foreign ?? [])]);
  const prefixes = [...COMMON_PREFIXES, ...options.ownPrefixes];
  return Object.keys(env)
    .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)) && !allowed.has(name))
    .map((name) => `${name}: unknown variable, nearest: ${nearest(name, [...allowed])}`);
}

function nearest(name: string, candidates: readonly string[]): string {
  const byDistance = candidates.map((candidate) => ({ candidate, distance: editDistance(name, candidate) }));
  byDistance.sort((a, b) => a.distance - b.distance);
  return byDistance[0]?.candidate ?? 'none';
}

/** Levenshtein distance of two short strings. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
