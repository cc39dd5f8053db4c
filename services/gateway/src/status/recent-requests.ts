import type { ErrorCode } from '@penstock/contracts';

/** A request that has ended. Nothing of its path, its body or its client is kept. */
export interface RecentRequest {
  /** From 1, over all requests of this process. */
  readonly sequence: number;
  /** When it ended, milliseconds since the Unix epoch. */
  readonly at: number;
  readonly method: string;
  /** Route template. */
  readonly route: string;
  /** 499 where the client went away before the reply was complete. */
  readonly status: number;
  /** Row of the error table, for an error. */
  readonly code: ErrorCode | undefined;
  readonly durationMs: number;
  /** Sent to engines for it; 0 where it was refused before, or shared the execution of an equal request. */
  readonly attempts: number;
  /** The first answer to its Idempotency-Key, or an earlier one because the engine had none. */
  readonly instead: 'replayed' | 'stale' | undefined;
  /** Undefined when tracing is off. */
  readonly traceId: string | undefined;
}

const KEPT_REQUESTS = 20;

/** The last requests, newest first. */
export class RecentRequests {
  readonly #kept: RecentRequest[] = [];
  #sequence = 0;

  add(request: Omit<RecentRequest, 'sequence'>): void {
    this.#kept.unshift({ ...request, sequence: ++this.#sequence });
    if (this.#kept.length > KEPT_REQUESTS) this.#kept.pop();
  }

  get all(): readonly RecentRequest[] {
    return this.#kept;
  }
}
