import type { Clock } from '@penstock/clock';
import type { Classify } from '@penstock/resilience';
import { endSpan, injectHeaders, Memo, type Metrics, requestDurations, startClientSpan, type Tracing } from '@penstock/telemetry';
import type { FastifyRequest } from 'fastify';
import type { Engine } from './engine.ts';
import type { EngineCall, SendContext } from './engine-client.ts';
import type { EngineReply } from './engine-reply.ts';
import type { Engines } from './engines.ts';
import { reportedLoad } from './reported-load.ts';

interface SenderDeps {
  readonly engines: Engines;
  readonly clock: Clock;
  readonly tracing: Tracing;
  readonly metrics: Metrics<'gateway'>;
  readonly classify: Classify;
}

/** One attempt of a request. */
interface Attempt {
  readonly request: FastifyRequest;
  readonly route: string;
  readonly call: EngineCall;
  readonly attempt: SendContext;
}

/** No connection came about. */
const UNREACHABLE = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

export type AttemptSender = (engine: Engine, attempt: Attempt) => Promise<EngineReply>;

const HEDGE = Object.freeze({ 'penstock.hedge': true });

/** Sends attempts, each with a span and an observation of its own, and hears the load that the engine reports. */
export function attemptSender({ engines, clock, tracing, metrics, classify }: SenderDeps): AttemptSender {
  const {
    http_client_request_duration_seconds: durations,
    connection_pool_requests_total: handed,
    connection_pool_unsent_total: unsent,
  } = metrics.series;
  const pools = new Memo((id: string) => {
    const labels = { client_name: id, pool_type: 'http' };
    return { handed: handed.of(labels), unsent: unsent.of(labels) };
  });
  const durationsOf = requestDurations(durations);
  return async (engine, { request, route, call, attempt }) => {
    const { method, path } = call;
    const { id, client } = engine;
    const span = startClientSpan(tracing, {
      parent: request.span,
      origin: client.origin,
      method,
      route,
      path,
      attempt: attempt.number,
      attributes: attempt.hedge && HEDGE,
    });
    const startedAt = clock.monotonic();
    const ended = (status: string): void =>
      durationsOf(method, route, status).observe((clock.monotonic() - startedAt) / 1000, span);
    const pool = pools.of(id);
    let sent = false;
    const onSent = (): void => {
      sent = true;
    };
    pool.handed.inc();
    try {
      const reply = await client.send(call, { ...attempt, headers: injectHeaders(span), onSent });
      endSpan(span, { status: reply.status });
      ended(String(reply.status));
      const tasks = reportedLoad(reply.headers);
      if (tasks !== undefined) engines.reportLoad(engine, tasks);
      return reply;
    } catch (error) {
      if (!sent) pool.unsent.inc();
      const reason: unknown = attempt.signal.aborted ? attempt.signal.reason : error;
      endSpan(span, { error: reason });
      const { reason: code } = classify({ error: reason });
      if (UNREACHABLE.has(code)) engines.reportUnreachable(engine);
      ended(code);
      throw error;
    }
  };
}
