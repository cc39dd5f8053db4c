import { type ErrorCode, ProblemError, type ProblemOptions } from '@penstock/contracts';
import type { Conversion } from './convert.ts';
import type { Converted } from './converted.ts';

/** What is asked of a conversion thread: one conversion after the other, each of which may be given up. */
export type ConversionRequest = { readonly op: 'convert'; readonly conversion: Conversion } | { readonly op: 'abort' };

export type ConversionReply = {
  /** What the thread holds in memory behind the conversion, garbage included. */
  readonly heldBytes: number;
} & ({ readonly ok: true; readonly converted: Converted } | { readonly ok: false; readonly failure: Failure });

/** An error without its class, which does not cross from one thread to another. */
export interface Failure {
  readonly message: string;
  readonly stack: string | undefined;
  readonly problem?: { readonly code: ErrorCode; readonly options: Omit<ProblemOptions, 'cause'> };
  /** Of errors of the system: `ENOSPC` and the like. */
  readonly code?: string;
  readonly cause?: Failure;
}

export function toFailure(thrown: unknown): Failure {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { message, stack, cause } = error;
  const about = { message, stack, ...(cause !== undefined && { cause: toFailure(cause) }) };
  if (error instanceof ProblemError) {
    const { cause: _, ...options } = error.options;
    return { ...about, problem: { code: error.code, options } };
  }
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? { ...about, code } : about;
}

export function fromFailure({ message, stack, problem, code, cause }: Failure): Error {
  const because = cause === undefined ? {} : { cause: fromFailure(cause) };
  const error = problem
    ? new ProblemError(problem.code, message, { ...problem.options, ...because })
    : Object.assign(new Error(message, because), code !== undefined && { code });
  if (stack !== undefined) error.stack = stack;
  return error;
}
