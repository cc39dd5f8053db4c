/** What a numeric option may be. */
export interface Limits {
  readonly min: number;
  readonly max: number;
  readonly integer?: true;
}

const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value)));

const expected = ({ min, max, integer }: Limits): string => {
  const range = max === Number.POSITIVE_INFINITY ? '' : ` from ${min} to ${max}`;
  return `${integer ? 'an integer' : 'a number'}${range}`;
};

/** Throws a RangeError that names the option, what is allowed and the value received. */
export function refuse(option: string, allowed: string, received: unknown): never {
  throw new RangeError(`${option} must be ${allowed}, got ${shown(received)}`);
}

export function checkNumber(option: string, value: unknown, limits: Limits): number {
  const fits =
    typeof value === 'number' && value >= limits.min && value <= limits.max && (!limits.integer || Number.isInteger(value));
  return fits ? value : refuse(option, expected(limits), value);
}

/** Refuses names that the policy does not have: a misspelt option must not silently leave its default in force. */
export function checkNames(policy: string, given: object, known: object): void {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(known, name)) {
      throw new RangeError(`${policy}.${name} is not an option; known are ${Object.keys(known).join(', ')}`);
    }
  }
}

/** Given options over the defaults, each number within its limits. */
export function resolveNumbers<T extends object>(
  policy: string,
  defaults: T,
  given: Partial<T>,
  limits: Readonly<Record<string, Limits>>,
): T {
  checkNames(policy, given, defaults);
  const resolved = { ...defaults, ...given };
  for (const [name, limit] of Object.entries(limits)) {
    checkNumber(`${policy}.${name}`, resolved[name as keyof T], limit);
  }
  return Object.freeze(resolved);
}
