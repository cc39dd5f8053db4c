import { LocalRefusalError } from '../local-refusal.ts';

/** No room: `full` when the queue was, `wait` when no place came free in time. */
export class BulkheadFullError extends LocalRefusalError {
  override readonly name = 'BulkheadFullError';
  readonly because: 'full' | 'wait';

  constructor(engine: string, because: 'full' | 'wait', inFlight: number, queued: number) {
    const why = because === 'full' ? 'the queue is full' : 'no place came free in time';
    super('bulkhead', `Bulkhead of ${engine}: ${why} (${inFlight} in flight, ${queued} waiting)`);
    this.because = because;
  }
}
