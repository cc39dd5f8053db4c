/** One row of the error table. Codes are never reused for another meaning. */
export interface ErrorRow {
  readonly status: number;
  readonly title: string;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  /** What it means and what to do about it, for docs/errors.md. */
  readonly meaning: string;
}

const row = (status: number, title: string, retryable: boolean, meaning: string): ErrorRow =>
  Object.freeze({ status, title, retryable, meaning });

/** Every error that a client can see. docs/errors.md is generated from it. */
export const ERROR_TABLE = Object.freeze({
  invalid_json: row(400, 'The body is not valid JSON', false, 'The body could not be parsed. `detail` gives the position.'),
  invalid_request: row(
    400,
    'The request does not match the contract',
    false,
    'A field is missing, unknown or of the wrong type. `errors` lists each field with the value received and what is accepted.',
  ),
  invalid_header: row(
    400,
    'A request header is not valid',
    false,
    'A header has a value that cannot be understood; `errors` names it.',
  ),
  forbidden: row(
    403,
    'Not allowed from here',
    false,
    'Administrative routes answer only to callers on the same machine, and never through a proxy.',
  ),
  not_found: row(404, 'No such route', false, 'The path does not exist. `/docs` on the gateway lists the routes.'),
  dataset_not_found: row(404, 'No such data set', false, 'The id names no data set. `GET /api/datasets` lists those that exist.'),
  analysis_not_found: row(404, 'No such analysis', false, 'The id names no stored analysis.'),
  figure_not_found: row(404, 'No such figure', false, 'The analysis has no figure of that name; `errors` lists those it has.'),
  method_not_allowed: row(
    405,
    'The route does not take this method',
    false,
    'The path exists; the `Allow` header lists its methods.',
  ),
  request_timeout: row(408, 'The request did not arrive in time', true, 'The client took too long to send its headers or body.'),
  dataset_protected: row(409, 'The data set cannot be deleted', false, 'Sample data sets belong to the system.'),
  idempotency_conflict: row(
    409,
    'A request with this Idempotency-Key is being executed',
    true,
    'The first request with this `Idempotency-Key` has not been answered yet. `Retry-After` says when to ask again.',
  ),
  payload_too_large: row(413, 'The body is too large', false, 'JSON bodies may have 1 MiB, uploads 1 GiB.'),
  uri_too_long: row(414, 'The address is too long', false, 'A path or one of its parameters is longer than any id.'),
  unsupported_media_type: row(
    415,
    'The media type is not supported',
    false,
    'The route does not take this `Content-Type`; `detail` lists those it takes.',
  ),
  dataset_unreadable: row(
    422,
    'The uploaded data cannot be read',
    false,
    'The upload is empty, binary, ragged, or not of the format that it claims; `detail` says where.',
  ),
  invalid_analysis: row(
    422,
    'The analysis cannot be run on this data',
    false,
    'The request is well-formed but does not fit the data set: an unknown column, a non-numeric outcome, a treatment with one level, no rows left. `errors` names field, value and what would be accepted.',
  ),
  idempotency_mismatch: row(
    422,
    'The Idempotency-Key belongs to another request',
    false,
    'The key was used with another body within the time that answers are kept: a new request needs a new key.',
  ),
  rate_limited: row(
    429,
    'Too many requests',
    true,
    'The client has used up its quota; `RateLimit` and `RateLimit-Policy` say how much there is, `Retry-After` when to go on.',
  ),
  headers_too_large: row(431, 'The headers are too large', false, 'The request line and headers together exceed 16 KiB.'),
  client_closed_request: row(
    499,
    'The client went away',
    false,
    'Seen in logs and metrics only: nobody was left to read a reply.',
  ),
  internal: row(500, 'Unexpected error', true, 'A defect of ours. The trace id in the reply finds it in the logs and in Jaeger.'),
  not_available: row(
    501,
    'Not available in this version',
    false,
    'The contract names this feature, this version does not have it yet.',
  ),
  bad_engine_reply: row(502, 'The engine sent an invalid reply', true, 'What the engine answered is not its contract.'),
  circuit_open: row(
    503,
    'The circuit breaker is open',
    true,
    'The engine failed repeatedly, so the gateway refuses at once. `Retry-After` says when the next attempt is let through.',
  ),
  engine_unavailable: row(
    503,
    'The engine cannot be reached',
    true,
    'The engine refused, reset or failed every attempt. `Retry-After` says when to try again.',
  ),
  overloaded: row(
    503,
    'Too much work is waiting',
    true,
    'The queue is full. `Retry-After` is an estimate of when it will have room.',
  ),
  storage_unavailable: row(
    503,
    'What is stored cannot be reached',
    true,
    'The database that holds data sets and results cannot be reached, or, for a request with an `Idempotency-Key`, the Redis that holds the keys. `Retry-After` says when to try again.',
  ),
  draining: row(
    503,
    'The service is shutting down',
    true,
    'It finishes what it has and takes no more. Another instance, or this one restarted, will answer.',
  ),
  deadline_exceeded: row(
    504,
    'The deadline passed',
    true,
    'The total time of the request, `Prefer: wait=N`, `Request-Timeout` or the maximum of the server, ran out.',
  ),
} as const satisfies Record<string, ErrorRow>);

export type ErrorCode = keyof typeof ERROR_TABLE;

/** The problem `type`: a name, not an address, so that it is the same in every installation. */
export const problemType = (code: ErrorCode): string => `urn:penstock:error:${code}`;
