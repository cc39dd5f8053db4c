import type { Clock } from '@penstock/clock';
import { knownMethod, Memo, type Metrics } from '@penstock/telemetry';
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
  const durations = new Memo(
    (method: string) =>
      new Memo(
        (route: string) =>
          new Memo((status: number) => series.http_server_request_duration_seconds.of({ method, route, status: String(status) })),
      ),
  );
  return (request, reply) => {
    const startedAt = clock.monotonic();
    whenDone(request, reply, (status) => {
      const ms = clock.monotonic() - startedAt;
      durations
        .of(knownMethod(request.method))
        .of(routeOf(request))
        .of(status)
        .observe(ms / 1000, request.span);
      // What machines ask all day long would hide what people ask.
      if (!isQuiet(request)) hours.request(status, ms);
    });
  };
}

/** Counts every request that is to have an end. Not even a hook is there while metrics are off. */
export function registerRequestMetrics(app: FastifyInstance, deps: Deps): void {
  if (!deps.metrics.enabled) return;
  const countWhenDone = requestCounter(deps);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.lasting !== true) countWhenDone(request, reply);
    done();
  });
}
