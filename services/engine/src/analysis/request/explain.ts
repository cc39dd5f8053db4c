import { type FieldError, shown } from '@penstock/contracts';
import { listed, nearestHint } from './names.ts';

/** The keywords of JSON Schema that the contract's schemas use. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

const MAX_ERRORS = 20;

/** What keeps `value` from matching `schema`, in words, each with the value received and what is accepted. */
export function explain(schema: object, value: unknown): FieldError[] {
  return first(check(schema as Schema, value, ''));
}

function first(errors: Iterable<FieldError>): FieldError[] {
  const kept: FieldError[] = [];
  for (const error of errors) {
    kept.push(error);
    if (kept.length === MAX_ERRORS) break;
  }
  return kept;
}

/** Errors are found one by one, as they are asked for: a body may hold tens of thousands, each with names to compare. */
function* check(schema: Schema, value: unknown, field: string): Iterable<FieldError> {
  if (schema.anyOf !== undefined) yield* checkUnion(schema, value, field);
  else if (schema.enum !== undefined) yield* checkEnum(schema.enum, value, field);
  else if (!hasType(schema, value)) yield wrong(schema, value, field, `must be ${accepted(schema)}`);
  else if (typeof value === 'number') yield* checkNumber(schema, value, field);
  else if (typeof value === 'string') yield* checkText(schema, value, field);
  else if (Array.isArray(value)) yield* checkArray(schema, value, field);
  else if (typeof value === 'object' && value !== null) yield* checkObject(schema, value as Record<string, unknown>, field);
}

function checkEnum(values: readonly unknown[], value: unknown, field: string): FieldError[] {
  if (values.includes(value)) return [];
  const texts = values.map(String);
  const hint = typeof value === 'string' ? nearestHint(value, texts) : '';
  return [{ field, message: `must be one of ${texts.join(', ')}${hint}`, received: shown(value), accepted: texts }];
}

/** Speaks of the branch that the value was meant for, where its type tells. */
function checkUnion(schema: Schema, value: unknown, field: string): FieldError[] {
  const branches = schema.anyOf ?? [];
  const meant = branches.filter((branch) => (branch.enum === undefined ? hasType(branch, value) : typeof value === 'string'));
  const found = meant.map((branch) => first(check(branch, value, field)));
  if (found.some((errors) => errors.length === 0)) return [];
  return found[0] ?? [wrong(schema, value, field, `must be ${accepted(schema)}`)];
}

function* checkObject(schema: Schema, value: Record<string, unknown>, field: string): Iterable<FieldError> {
  const properties = schema.properties ?? {};
  const names = Object.keys(properties);
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(value, name)) continue;
    yield { field: `${field}/${name}`, message: 'is required', accepted: accepted(properties[name] ?? {}) };
  }
  for (const [name, entry] of Object.entries(value)) {
    const path = `${field}/${String(shown(name))}`;
    if (Object.hasOwn(properties, name)) {
      yield* check(properties[name] as Schema, entry, path);
      continue;
    }
    const message = `is not a field here${nearestHint(name, names)}`;
    yield { field: path, message, received: shown(entry), accepted: listed(names) };
  }
}

function* checkArray(schema: Schema, value: readonly unknown[], field: string): Iterable<FieldError> {
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    yield { field, message: `must have at most ${schema.maxItems} entries`, received: `${value.length} entries` };
  } else if (schema.items !== undefined) {
    for (const [index, entry] of value.entries()) yield* check(schema.items, entry, `${field}/${index}`);
  }
}

function checkNumber(schema: Schema, value: number, field: string): FieldError[] {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  return value < minimum || value > maximum ? [wrong(schema, value, field, `must be ${accepted(schema)}`)] : [];
}

function checkText(schema: Schema, value: string, field: string): FieldError[] {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  if (value.length < minLength) return [wrong(schema, value, field, 'must not be empty')];
  return value.length > maxLength ? [wrong(schema, value, field, `must have at most ${maxLength} characters`)] : [];
}

function hasType({ type }: Schema, value: unknown): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    case undefined:
      return true;
    default:
      return typeof value === type;
  }
}

function wrong(schema: Schema, value: unknown, field: string, message: string): FieldError {
  const beyond = typeof value === 'number' && !Number.isFinite(value);
  return {
    field: field === '' ? '/' : field,
    message: beyond ? `${message}; the number given is beyond the range of a double` : message,
    received: beyond ? String(value) : shown(value),
    accepted: accepted(schema),
  };
}

/** What a schema takes, in a few words: `an integer from 2 to 100`, `a text or a list of texts`. */
function accepted(schema: Schema): string {
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(accepted))].join(' or ');
  if (schema.enum !== undefined) return `one of ${schema.enum.map(String).join(', ')}`;
  const { type, minimum, maximum, items } = schema;
  if (type === 'array') return `a list${items === undefined ? '' : ` (each ${accepted(items)})`}`;
  if (type === 'object') return 'an object';
  if (type === 'boolean') return 'true or false';
  if (type === 'string') return 'a text';
  const range = minimum === undefined ? '' : ` from ${minimum} to ${maximum ?? 'any'}`;
  return `${type === 'integer' ? 'an integer' : 'a number'}${range}`;
}
