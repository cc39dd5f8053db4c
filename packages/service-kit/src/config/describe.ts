import type { TSchema } from 'typebox';

interface Described {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a variable accepts, in words: `an integer from 0 to 65535`. */
export function describeAccepted(variable: TSchema): string {
  const { type, enum: values, minimum, maximum } = variable as Described;
  if (values !== undefined) return `one of ${values.join(', ')}`;
  if (type === 'boolean') return 'true or false';
  if (type !== 'integer' && type !== 'number') return 'a text';
  const range = `${minimum === undefined ? '' : ` from ${minimum}`}${maximum === undefined ? '' : ` to ${maximum}`}`;
  return `${type === 'integer' ? 'an integer' : 'a number'}${range}`;
}
