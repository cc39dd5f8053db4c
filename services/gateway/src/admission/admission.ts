import type { Clock } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import {
  type PolicyEvent,
  type Priority,
  RateLimitedError,
  type RateLimitOptions,
  RateLimitPolicy,
  type RateStore,
  resolveRateLimit,
} from '@penstock/resilience';
import type { CallSpans } from '@penstock/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { priorityOf } from '../layers/client-wishes.ts';

interface AdmissionDeps {
  readonly clock: Clock;
  /** How late the event loop is, ms. */
  readonly lagMs: () => number;
  /** From which lateness on batch requests are refused, ms; 0: never. */
  readonly overloadDelayMs: () => number;
  readonly rates: RateStore;
  /** Decides while `rates` fails. */
  readonly ratesFallback?: RateStore | undefined;
  readonly onEvent: (event: PolicyEvent) => void;
  readonly spans: CallSpans;
  /** Told of each request that the late event loop had refused. */
  readonly onShed: (priority: Priority) => void;
}

/** Until a second measured later the overload cannot have been seen to end, s. */
const OVERLOAD_RETRY_S = 2;

/** Who is let in before its body is read: by the state of this process, and by the client's quota. */
export class Admission {
  readonly #deps: AdmissionDeps;
  readonly #rateLimit: RateLimitPolicy;

  constructor(rateLimit: Partial<RateLimitOptions>, deps: AdmissionDeps) {
    const { clock, onEvent, rates, ratesFallback } = deps;
    this.#deps = deps;
    this.#rateLimit = new RateLimitPolicy(resolveRateLimit(rateLimit), {
      name: 'gateway',
      clock,
      onEvent,
      store: rates,
      fallback: ratesFallback,
    });
  }

  /** @throws ProblemError overloaded or rate_limited */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.#shed(priorityOf(request.headers));
    const decision = await this.#rateLimit.take(request.ip, { call: this.#deps.spans.open(request.span) });
    if (decision === undefined) return;
    const headers = { ...this.#rateLimit.fields(decision, 'client') };
    if (decision.allowed) {
      reply.headers(headers);
      return;
    }
    const { limit, windowMs } = this.#rateLimit.options;
    throw new ProblemError('rate_limited', `More than ${limit} requests in ${windowMs / 1000} s from ${request.ip}`, {
      layer: 'admission',
      retryAfterS: decision.retryAfterMs / 1000,
      headers,
      cause: new RateLimitedError(limit, windowMs, decision),
    });
  }

  /** Another quota; what each client has used of the old one stays. */
  reload(rateLimit: Partial<RateLimitOptions>): void {
    this.#rateLimit.reload(rateLimit);
  }

  describe(): string {
    return this.#rateLimit.describe();
  }

  stop(): void {
    this.#rateLimit.stop();
  }

  #shed(priority: Priority): void {
    const late = this.#deps.lagMs();
    const overloadDelayMs = this.#deps.overloadDelayMs();
    const limit = overloadDelayMs * (priority === 'batch' ? 1 : 2);
    if (overloadDelayMs === 0 || late <= limit) return;
    this.#deps.onShed(priority);
    throw new ProblemError(
      'overloaded',
      `The event loop is ${Math.round(late)} ms late; ${priority} requests pass below ${limit} ms`,
      {
        layer: 'admission',
        retryAfterS: OVERLOAD_RETRY_S,
        evidence: { priority, eventLoopLateMs: late, limitMs: limit },
      },
    );
  }
}
