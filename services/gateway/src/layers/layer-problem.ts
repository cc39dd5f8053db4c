import { type ErrorCode, ProblemError } from '@penstock/contracts';
import { IdempotencyError } from '@penstock/resilience';

const CODES = {
  in_flight: 'idempotency_conflict',
  mismatch: 'idempotency_mismatch',
  key: 'invalid_header',
  store: 'storage_unavailable',
} as const satisfies Record<IdempotencyError['because'], ErrorCode>;

/** The problem for a refusal of a layer around the engines; anything else stays as it is. */
export function problemOfLayer(error: unknown): unknown {
  if (!(error instanceof IdempotencyError)) return error;
  const { because, message, retryAfterMs } = error;
  return new ProblemError(CODES[because], message, {
    layer: 'idempotency',
    cause: error,
    ...(retryAfterMs !== undefined && { retryAfterS: retryAfterMs / 1000 }),
    ...(because === 'key' && { errors: [{ field: 'header:idempotency-key', message: 'must have 1 to 255 characters' }] }),
  });
}
