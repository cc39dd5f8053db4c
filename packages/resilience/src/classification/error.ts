import type { Verdict } from '../policy.ts';
import { CODE_CLASSES, NAME_CLASSES } from './table.ts';

// fetch wraps its cause once, a connection to several addresses once more; beyond that something is circular.
const DEEPEST = 5;
// Reasons become metric labels: what does not look like a code or a name of an error is not let in.
const LABEL = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** The verdict on what an attempt threw: by the first listed code among it and its causes, else by its name. */
export function classifyError(error: unknown): Verdict {
  const chain = causes(error);
  const message = messageOf(chain);
  const codes = chain.map((each) => each.code).filter((code): code is string => typeof code === 'string' && LABEL.test(code));
  const listed = codes.find((code) => Object.hasOwn(CODE_CLASSES, code));
  if (listed !== undefined) return { kind: CODE_CLASSES[listed] ?? 'unknown', reason: listed, message };
  if (codes[0] !== undefined) return { kind: 'unknown', reason: codes[0], message };
  const name = chain[0]?.name;
  if (typeof name !== 'string' || !LABEL.test(name)) return { kind: 'unknown', reason: 'unknown', message };
  return { kind: Object.hasOwn(NAME_CLASSES, name) ? (NAME_CLASSES[name] ?? 'unknown') : 'unknown', reason: name, message };
}

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
