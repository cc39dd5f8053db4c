/** Headers of the gateway → engine protocol. */
export const HEADERS = Object.freeze({
  /** Milliseconds that remain of the request's total budget, recomputed for each attempt. */
  deadlineMs: 'penstock-deadline-ms',
  /** Attempt number, from 1. */
  attempt: 'penstock-attempt',
  /** The engine's load, answered on every reply: `active=1;queued=0;workers=2`. */
  load: 'penstock-load',
  /** `interactive` (default) or `batch`: who goes first where work waits. */
  priority: 'penstock-priority',
  /** The client's `Idempotency-Key`, for logs and traces. */
  idempotencyKey: 'penstock-idempotency-key',
  /** Name of the injected fault that a reply suffered; absent from every honest reply. */
  fault: 'penstock-fault',
} as const);

export const LIMITS = Object.freeze({
  jsonBytes: 1024 * 1024,
  uploadBytes: 1024 * 1024 * 1024,
  columns: 5000,
} as const);

export const CONTRACT_VERSION = '1';
