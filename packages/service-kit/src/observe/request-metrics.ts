import type { Clock } from '@penstock/clock';
import { knownMethod, type Metrics } from '@penstock/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isQuiet } from './request-log.ts';
import { routeOf } from './request-spans.ts';
import { whenDone } from './when-done.ts';

interface Deps {
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** Counts a request when its reply is complete or its client gone. After the span of the reply has ended: then it is known whether it is kept. */
export function countWhenDone(request: FastifyRequest, reply: FastifyReply, { metrics, clock }: Deps): void {
  const startedAt = clock.monotonic();
  whenDone(request, reply, (status) => {
    const ms = clock.monotonic() - startedAt;
    const labels = { method: knownMethod(request.method), route: routeOf(request), status: String(status) };
    metrics.series.http_server_request_duration_seconds.observe(labels, ms / 1000, request.span);
    // What machines ask all day long would hide what people ask.
    if (!isQuiet(request)) metrics.hours.request(status, ms);
  });
}

/** Counts every request that is to have an end. Not even a hook is there while metrics are off. */
export function registerRequestMetrics(app: FastifyInstance, deps: Deps): void {
  if (!deps.metrics.enabled) return;
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.lasting !== true) countWhenDone(request, reply, deps);
    done();
  });
}
