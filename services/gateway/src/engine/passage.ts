import type { Priority } from '@penstock/resilience';
import type { FastifyRequest } from 'fastify';
import type { RequestedTotal } from './deadline-header.ts';
import type { EngineCall } from './engine-client.ts';

/** What a route asks of the engines. */
export interface Passage {
  readonly request: FastifyRequest;
  /** Route template, for the names of spans and series. */
  readonly route: string;
  readonly call: EngineCall;
  readonly total: RequestedTotal;
  readonly priority: Priority;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Where a second attempt may go while the first is late: to any engine, or only to another one. Default: nowhere. */
  readonly hedge?: 'anywhere' | 'elsewhere';
  /** 1 for a body that can be sent only once, and for what must not be done twice. */
  readonly maxAttempts?: number;
}
