import type { Clock, Random } from '@penstock/clock';
import {
  type AttemptContext,
  type Classify,
  createPipeline,
  httpClassifier,
  type Pipeline,
  type PipelineOptions,
  type PolicyEvent,
} from '@penstock/resilience';
import { endSpan, injectHeaders, type Metrics, spanEvents, startClientSpan, type Tracing } from '@penstock/telemetry';
import type { FastifyRequest } from 'fastify';
import { problemOfCall } from './call-problem.ts';
import type { RequestedTotal } from './deadline-header.ts';
import type { EngineCall, EngineClient } from './engine-client.ts';
import type { EngineReply } from './engine-reply.ts';

export interface EngineGateDeps {
  readonly client: EngineClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly tracing: Tracing;
  readonly metrics: Metrics<'gateway'>;
  readonly onEvent: (event: PolicyEvent) => void;
}

/** What a route asks of the engine. */
export interface Passage {
  readonly request: FastifyRequest;
  /** Route template, for the names of spans and series. */
  readonly route: string;
  readonly call: EngineCall;
  readonly total: RequestedTotal;
  /** 1 for a body that can be sent only once. */
  readonly maxAttempts?: number;
}

/** The way from a client's request to the engine: every layer, one span and one observation per attempt. */
export class EngineGate {
  readonly pipeline: Pipeline;
  readonly #name: string;
  readonly #deps: EngineGateDeps;
  readonly #classify: Classify;

  constructor(name: string, options: PipelineOptions, deps: EngineGateDeps) {
    this.#name = name;
    this.#deps = deps;
    this.#classify = httpClassifier(
      (reply: EngineReply) => ({ status: reply.status, retryAfter: reply.headers['retry-after'] }),
      deps.clock,
    );
    this.pipeline = createPipeline(options, {
      name,
      clock: deps.clock,
      random: deps.random,
      classify: this.#classify,
      probe: (signal) => deps.client.ready(signal),
      onEvent: deps.onEvent,
    });
  }

  /** @throws ProblemError for every way in which a call ends without a reply */
  async pass(passage: Passage): Promise<EngineReply> {
    const { request, total, maxAttempts } = passage;
    const onEvent = spanEvents(request.span);
    try {
      return await this.pipeline.execute((attempt) => this.#attempt(passage, attempt), {
        signal: request.cancelled,
        ...total,
        ...(maxAttempts !== undefined && { maxAttempts }),
        ...(onEvent !== undefined && { onEvent }),
      });
    } catch (error) {
      throw problemOfCall(error, this.#deps.client.origin.origin);
    }
  }

  async #attempt({ request, route, call }: Passage, attempt: AttemptContext): Promise<EngineReply> {
    const { client, clock, metrics, tracing } = this.#deps;
    const { method, path } = call;
    const span = startClientSpan(tracing, {
      parent: request.span,
      method,
      route,
      origin: client.origin,
      path,
      attempt: attempt.number,
    });
    const startedAt = clock.monotonic();
    const ended = (status: string): void =>
      metrics.series.http_client_request_duration_seconds.observe(
        { method, route, status },
        (clock.monotonic() - startedAt) / 1000,
      );
    metrics.series.connection_pool_requests_total.inc({ client_name: this.#name, pool_type: 'http' });
    try {
      const reply = await client.send({ ...call, headers: { ...call.headers, ...injectHeaders(span) } }, attempt);
      endSpan(span, { status: reply.status });
      ended(String(reply.status));
      return reply;
    } catch (error) {
      const reason: unknown = attempt.signal.aborted ? attempt.signal.reason : error;
      endSpan(span, { error: reason });
      ended(this.#classify({ error: reason }).reason);
      throw error;
    }
  }

  close(): Promise<void> {
    this.pipeline.stop();
    return this.#deps.client.close();
  }
}
