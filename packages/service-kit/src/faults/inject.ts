import { type Clock, sleep } from '@penstock/clock';
import { HEADERS, type Problem } from '@penstock/contracts';
import { addSpanEvent, type Metrics } from '@penstock/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorFault } from './fault.ts';
import type { FaultInjector, Injection } from './injector.ts';

export interface InjectDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** Has requests suffer what the injector draws, when their bodies are read and before their handlers. */
export function registerInjection(app: FastifyInstance, injector: FaultInjector, { clock, metrics }: InjectDeps): void {
  app.addHook('preHandler', async (request, reply) => {
    const route = request.routeOptions.url;
    if (route === undefined) return undefined;
    for (const injection of injector.draw(request.method, route)) {
      tell(injection, request, route, metrics);
      const { fault } = injection;
      reply.header(HEADERS.fault, fault.name);
      if (fault.kind === 'error') return refuse(fault, request, reply);
      if (fault.kind === 'abort') {
        reply.hijack();
        request.raw.socket.resetAndDestroy();
        return reply;
      }
      if ('delayMs' in injection) await sleep(clock, injection.delayMs, request.cancelled);
    }
    return undefined;
  });
}

// Marked in all three, so that nobody takes it for a real one.
function tell(injection: Injection, request: FastifyRequest, route: string, { series }: Metrics): void {
  const { fault } = injection;
  const { name, kind } = fault;
  const delayMs = 'delayMs' in injection ? Math.round(injection.delayMs) : undefined;
  const status = fault.kind === 'error' ? fault.status : undefined;
  series.faults_injected_total.inc({ fault: name, kind, route });
  addSpanEvent(request.span, 'fault.injected', {
    'penstock.fault.name': name,
    'penstock.fault.kind': kind,
    'penstock.fault.delay_ms': delayMs,
    'http.response.status_code': status,
  });
  const what = { latency: `${delayMs} ms of latency`, error: `status ${status}`, abort: 'a reset connection' }[kind];
  const line = `[Fault] Injected ${what} by fault ${name} on ${request.method} ${route}`;
  request.log.warn({ fault: name, kind, route }, line);
}

// Its own code, in no row of the error table: what is injected must not read as a reply of the service.
function refuse({ name, status, retry_after_s }: ErrorFault, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const body: Problem = {
    type: 'urn:penstock:error:injected_fault',
    title: 'An injected fault',
    status,
    code: 'injected_fault',
    detail: `Injected on purpose by the fault ${name}; see docs/faults.md`,
    layer: 'fault-injection',
    retryable: true,
    ...(retry_after_s !== undefined && { retry_after_s }),
    ...(request.traceId !== undefined && { trace_id: request.traceId }),
  };
  if (retry_after_s !== undefined) reply.header('retry-after', String(Math.ceil(retry_after_s)));
  return reply
    .code(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(String)
    .send(JSON.stringify(body));
}
