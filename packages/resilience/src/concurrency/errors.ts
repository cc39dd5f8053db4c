import { LocalRefusalError } from '../local-refusal.ts';
import type { Priority } from '../priority.ts';

/** As many calls are in flight as this priority may have. */
export class OverloadedError extends LocalRefusalError {
  override readonly name = 'OverloadedError';
  declare readonly retryAfterMs: number;
  readonly priority: Priority;
  readonly inFlight: number;
  /** What this priority may use of the limit. */
  readonly limit: number;

  constructor(engine: string, priority: Priority, inFlight: number, limit: number, retryAfterMs: number, attempt = 1) {
    super(
      'concurrency',
      `Overloaded: ${inFlight} calls to ${engine} in flight, ${limit} allowed for ${priority} ones`,
      retryAfterMs,
      attempt,
    );
    this.priority = priority;
    this.inFlight = inFlight;
    this.limit = limit;
  }
}
