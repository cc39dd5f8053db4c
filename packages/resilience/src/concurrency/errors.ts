import { LocalRefusalError } from '../local-refusal.ts';
import type { Priority } from '../priority.ts';

/** As many calls are in flight as this priority may have. */
export class OverloadedError extends LocalRefusalError {
  override readonly name = 'OverloadedError';
  override readonly retryAfterMs: number;
  readonly priority: Priority;

  constructor(engine: string, priority: Priority, inFlight: number, limit: number, retryAfterMs: number) {
    super('concurrency', `Overloaded: ${inFlight} calls to ${engine} in flight, ${limit} allowed for ${priority} ones`);
    this.priority = priority;
    this.retryAfterMs = retryAfterMs;
  }
}
