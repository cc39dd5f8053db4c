import Type, { type Static } from 'typebox';
import { ERROR_TABLE, type ErrorCode, problemType } from './error-table.ts';

/** The layer that refused or failed a request. */
export type Layer =
  | 'drain'
  | 'admission'
  | 'idempotency'
  | 'deadline'
  | 'breaker'
  | 'retry'
  | 'throttle'
  | 'concurrency'
  | 'bulkhead'
  | 'timeout'
  | 'gateway'
  | 'engine';

export const FieldError = Type.Object(
  {
    field: Type.String({ description: 'Path of the field: `/mapping/y`, `header:prefer`, `query:format`' }),
    message: Type.String(),
    received: Type.Optional(Type.Unknown({ description: 'The value received, shortened' })),
    accepted: Type.Optional(Type.Unknown({ description: 'What would be accepted' })),
  },
  { $id: 'FieldError' },
);
export type FieldError = Static<typeof FieldError>;

/** RFC 9457 problem details, with our extension members. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    instance: Type.Optional(Type.String()),
    layer: Type.Optional(Type.String()),
    retryable: Type.Boolean(),
    retry_after_s: Type.Optional(Type.Number()),
    trace_id: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(FieldError)),
  },
  { $id: 'Problem' },
);
export type Problem = Static<typeof Problem>;

export interface ProblemOptions {
  readonly layer?: Layer;
  readonly errors?: readonly FieldError[];
  /** Seconds until a retry makes sense; becomes the Retry-After header, rounded up. */
  readonly retryAfterS?: number;
  /** Further reply headers, such as Allow. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What a refusal rests on, where its cause is no policy's error that says so itself. */
  readonly evidence?: Readonly<Record<string, string | number>>;
  readonly cause?: unknown;
}

/** An error with a row in the table. Anything else that is thrown reaches the client as `internal`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ErrorCode;
  readonly options: ProblemOptions;

  constructor(code: ErrorCode, detail: string, options: ProblemOptions = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.options = options;
  }

  get status(): number {
    return ERROR_TABLE[this.code].status;
  }
}

/** The reply body for an error; `instance` is the route, `traceId` what a user pastes into Jaeger, `layer` that of an error without one. */
export function toProblem(error: ProblemError, where: { instance?: string; traceId?: string; layer?: Layer } = {}): Problem {
  const { status, title, retryable } = ERROR_TABLE[error.code];
  const { layer = where.layer, errors, retryAfterS } = error.options;
  return {
    type: problemType(error.code),
    title,
    status,
    code: error.code,
    detail: error.message,
    retryable,
    ...(where.instance !== undefined && { instance: where.instance }),
    ...(layer !== undefined && { layer }),
    ...(retryAfterS !== undefined && { retry_after_s: retryAfterS }),
    ...(where.traceId !== undefined && { trace_id: where.traceId }),
    ...(errors !== undefined && errors.length > 0 && { errors: [...errors] }),
  };
}

const MAX_SHOWN = 120;

/** A received value, made short and safe enough to be shown in a reply or a log. */
export function shown(value: unknown): unknown {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}… (${text.length} characters)` : text;
}
