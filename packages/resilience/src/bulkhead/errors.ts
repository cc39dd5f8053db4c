import { LocalRefusalError } from '../local-refusal.ts';

/** No room: `full` when the queue was, `wait` when no place came free in time. */
export class BulkheadFullError extends LocalRefusalError {
  override readonly name = 'BulkheadFullError';
  readonly because: 'full' | 'wait';
  /** Attempts running and waiting at the refusal. */
  readonly inFlight: number;
  readonly queued: number;

  constructor(
    engine: string,
    because: 'full' | 'wait',
    counts: { readonly inFlight: number; readonly queued: number },
    attempt: number,
  ) {
    const why = because === 'full' ? 'the queue is full' : 'no place came free in time';
    super(
      'bulkhead',
      `Bulkhead of ${engine}: ${why} (${counts.inFlight} in flight, ${counts.queued} waiting)`,
      undefined,
      attempt,
    );
    this.because = because;
    this.inFlight = counts.inFlight;
    this.queued = counts.queued;
  }
}
