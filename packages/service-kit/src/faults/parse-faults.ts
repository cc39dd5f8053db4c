import { type FieldError, shown } from '@penstock/contracts';
import { FAULT_KINDS, type Fault, type FaultKind } from './fault.ts';

const MAX_FAULTS = 100;
const MAX_DELAY_MS = 600_000;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const COMMON_FIELDS = ['name', 'kind', 'percent', 'route', 'method'];
const OWN_FIELDS: Readonly<Record<FaultKind, readonly string[]>> = {
  latency: ['delay_ms', 'jitter_ms'],
  error: ['status', 'retry_after_s'],
  abort: [],
};

/** Faults that cannot be used; `errors` has one entry for each field that is wrong. */
export class InvalidFaults extends Error {
  override readonly name = 'InvalidFaults';
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[]) {
    super(errors.map(({ field, message }) => `${field} ${message}`).join('; '));
    this.errors = errors;
  }
}

/**
 * Reads a list of faults, whatever it is.
 * @param routes templates of the service, so that a misspelt route is refused; undefined where they are not known yet
 * @throws InvalidFaults
 */
export function parseFaults(value: unknown, routes?: ReadonlySet<string>, path = ''): readonly Fault[] {
  if (!Array.isArray(value)) throw new InvalidFaults([wrong(path === '' ? '/' : path, 'must be a list of faults', value)]);
  if (value.length > MAX_FAULTS)
    throw new InvalidFaults([wrong(path === '' ? '/' : path, `must have at most ${MAX_FAULTS} faults`, value.length)]);
  const errors: FieldError[] = [];
  const faults = value.map((each, index) => parseFault(each, { at: `${path}/${index}`, index, errors, routes }));
  const names = faults.map(({ name }) => name);
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) errors.push(wrong(`${path}/${index}/name`, 'is the name of another fault already', name));
  });
  if (errors.length > 0) throw new InvalidFaults(errors);
  return faults;
}

interface Place {
  readonly at: string;
  readonly index: number;
  readonly errors: FieldError[];
  readonly routes: ReadonlySet<string> | undefined;
}

// What is wrong goes to `errors`; the caller throws before a wrong value can be used.
function parseFault(value: unknown, { at, index, errors, routes }: Place): Fault {
  const given = (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}) as Record<string, unknown>;
  if (given !== value) errors.push(wrong(at, 'must be an object', value));
  const check = (field: string, good: boolean, message: string, accepted?: unknown): void => {
    if (!good) errors.push(wrong(`${at}/${field}`, message, given[field], accepted));
  };
  const number = (field: string, from: number, to: number, fallback?: number): number => {
    const found = given[field] ?? fallback;
    check(field, typeof found === 'number' && found >= from && found <= to, `must be a number from ${from} to ${to}`);
    return found as number;
  };
  const kind = given.kind as FaultKind;
  const known = FAULT_KINDS.includes(kind);
  check('kind', known, 'must be a kind of fault', FAULT_KINDS);
  const fields = [...COMMON_FIELDS, ...(known ? OWN_FIELDS[kind] : Object.values(OWN_FIELDS).flat())];
  for (const field of Object.keys(given))
    check(field, fields.includes(field), `is not a field of ${known ? `a fault of kind ${kind}` : 'a fault'}`, fields);
  const name = given.name ?? `${String(kind)}-${index}`;
  check('name', typeof name === 'string' && NAME.test(name), 'must be 1 to 64 letters, digits, dots, dashes or underscores');
  const { route, method } = given;
  check('route', route === undefined || (typeof route === 'string' && route.startsWith('/')), 'must be a route template');
  if (typeof route === 'string' && routes !== undefined)
    check('route', routes.has(route), 'is not a route of this service', [...routes].sort());
  check('method', method === undefined || METHODS.includes(method as string), 'must be a method', METHODS);
  const rule = {
    name: name as string,
    percent: number('percent', 0, 100),
    ...(route !== undefined && { route: route as string }),
    ...(method !== undefined && { method: method as string }),
  };
  if (kind === 'latency')
    return { ...rule, kind, delay_ms: number('delay_ms', 0, MAX_DELAY_MS), jitter_ms: number('jitter_ms', 0, MAX_DELAY_MS, 0) };
  if (kind === 'error') {
    const status = number('status', 400, 599);
    check('status', Number.isInteger(status), 'must be a whole number');
    return {
      ...rule,
      kind,
      status,
      ...(given.retry_after_s !== undefined && { retry_after_s: number('retry_after_s', 0, 86_400) }),
    };
  }
  return { ...rule, kind: 'abort' };
}

const wrong = (field: string, message: string, received: unknown, accepted?: unknown): FieldError => ({
  field,
  message,
  ...(received !== undefined && { received: shown(received) }),
  ...(accepted !== undefined && { accepted }),
});
