import { LocalRefusalError } from '../local-refusal.ts';

/** Why a request with an `Idempotency-Key` is refused; `status` is the answer that the header's draft asks for. */
export class IdempotencyError extends LocalRefusalError {
  override readonly name = 'IdempotencyError';
  readonly because: 'in_flight' | 'mismatch' | 'key' | 'store';
  readonly status: 400 | 409 | 422 | 503;

  constructor(because: 'in_flight' | 'mismatch' | 'key' | 'store', retryAfterMs?: number, cause?: unknown) {
    super('idempotency', MESSAGES[because], retryAfterMs);
    this.because = because;
    this.status = STATUS[because];
    if (cause !== undefined) this.cause = cause;
  }
}

const STATUS = { in_flight: 409, mismatch: 422, key: 400, store: 503 } as const;
const MESSAGES = {
  in_flight: 'A request with this Idempotency-Key is being executed',
  mismatch: 'This Idempotency-Key belongs to a request with another content',
  key: 'The Idempotency-Key is empty or too long',
  store: 'Idempotency-Keys cannot be looked up',
} as const;
