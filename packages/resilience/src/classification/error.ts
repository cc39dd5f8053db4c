import type { Verdict } from '../policy.ts';
import { type Class, CODE_CLASSES, NAME_CLASSES } from './table.ts';

// fetch wraps its cause once, a connection to several addresses once more; beyond that something is circular.
const DEEPEST = 5;
// Reasons become metric labels: what does not look like a code or a name of an error is not let in.
const LABEL = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** The verdict on what an attempt threw: by the first listed code among it and its causes, else by its name. */
export function classifyError(error: unknown): Verdict {
  const chain = causes(error);
  const message = messageOf(chain);
  const codes = chain.map((each) => each.code).filter((code): code is string => typeof code === 'string' && LABEL.test(code));
  const code = codes.find((each) => listed(CODE_CLASSES, each) !== undefined) ?? codes[0];
  if (code !== undefined) return { kind: listed(CODE_CLASSES, code) ?? 'unknown', reason: code, message };
  const name = chain[0]?.name;
  if (typeof name !== 'string' || !LABEL.test(name)) return { kind: 'unknown', reason: 'unknown', message };
  return { kind: listed(NAME_CLASSES, name) ?? 'unknown', reason: name, message };
}

// Every object has a `constructor` and a `toString`, which are no classes.
const listed = (classes: Readonly<Record<string, Class>>, key: string): Class | undefined =>
  Object.hasOwn(classes, key) ? classes[key] : undefined;

interface ErrorLike {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

// The error, then its causes; of an AggregateError the first error, which stands for the others.
function causes(error: unknown): readonly ErrorLike[] {
  const chain: ErrorLike[] = [];
  for (let next = error; isObject(next) && chain.length < DEEPEST; ) {
    chain.push(next);
    next = next.cause ?? (Array.isArray(next.errors) ? next.errors[0] : undefined);
  }
  return chain;
}

const isObject = (value: unknown): value is ErrorLike => typeof value === 'object' && value !== null;

// The deepest message says most: `fetch failed` and an empty aggregate say nothing.
function messageOf(chain: readonly ErrorLike[]): string {
  for (const { message } of chain.toReversed()) if (typeof message === 'string' && message !== '') return message;
  return 'an error without a message';
}
