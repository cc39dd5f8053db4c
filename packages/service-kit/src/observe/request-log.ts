import { runInSpan } from '@penstock/telemetry';
import type { FastifyInstance } from 'fastify';
import { CLIENT_CLOSED, routeOf } from './request-spans.ts';

/** Routes that probes and scrapers ask all the time: logged at debug. */
const QUIET = new Set(['/health/live', '/health/ready', '/metrics', '/api/metrics']);

/** One line for each request, when its reply is complete or its client gone. */
export function registerRequestLog(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => {
      const status = reply.raw.writableFinished ? reply.statusCode : CLIENT_CLOSED;
      const level = status >= 500 && status !== 501 ? 'warn' : QUIET.has(routeOf(request)) ? 'debug' : 'info';
      const fields = {
        method: request.method,
        route: routeOf(request),
        status,
        duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      };
      runInSpan(request.span, () => request.log[level](fields, `${request.method} ${routeOf(request)} ${status}`));
    });
    done();
  });
}
