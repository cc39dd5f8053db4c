import type { Clock } from '@penstock/clock';
import { knownMethod, type Metrics, requestDurations } from '@penstock/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isQuiet } from './request-log.ts';
import { routeOf } from './request-spans.ts';
import { whenDone } from './when-done.ts';

interface Deps {
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/**
 * What counts a request when its reply is complete or its client gone. After the span of the reply has ended: then it is
 * known whether it is kept.
 */
export function requestCounter({ metrics, clock }: Deps): (request: FastifyRequest, reply: FastifyReply) => void {
  const { series, hours } = metrics;
  const durationsOf = requestDurations(series.http_server_request_duration_seconds);
  return (request, reply) => {
    const startedAt = clock.monotonic();
    whenDone(request, reply, (status) => {
      const ms = clock.monotonic() - startedAt;
      durationsOf(knownMethod(request.method), routeOf(request), String(status)).observe(ms / 1000, request.span);
      // What machines ask all day long would hide what people ask.
      if (!isQuiet(request)) hours.request(status, ms);
    });
  };
}

/** Counts every request that is to have an end. Not even a hook is there while metrics are off. */
export function registerRequestMetrics(
  app: FastifyInstance,
  { enabled }: Metrics,
  count: ReturnType<typeof requestCounter>,
): void {
  if (!enabled) return;
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.lasting !== true) count(request, reply);
    done();
  });
}
