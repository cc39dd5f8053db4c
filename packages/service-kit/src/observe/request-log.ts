import { KEEP_TRACES_PATH } from '@penstock/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { routeOf } from './request-spans.ts';
import { whenDone } from './when-done.ts';

/** Routes that probes, scrapers and gateways ask all the time: logged at debug. */
const QUIET = new Set(['/health/live', '/health/ready', '/metrics', '/api/metrics', KEEP_TRACES_PATH]);

/** Whether nobody but a machine that watches asks this. */
export const isQuiet = (request: FastifyRequest): boolean => QUIET.has(routeOf(request));

const NANOSECONDS = 1e6;

/** Writes one line when the reply of a request is complete or its client gone. */
export function logWhenDone(request: FastifyRequest, reply: FastifyReply): void {
  whenDone(request, reply, (status) => {
    const level = status >= 500 && status !== 501 ? 'warn' : isQuiet(request) ? 'debug' : 'info';
    // Elastic Common Schema names; `http.route` is OpenTelemetry's, which has one where ECS has none.
    const fields = {
      'http.request.method': request.method,
      'http.route': routeOf(request),
      'http.response.status_code': status,
      'event.duration': Math.round(reply.elapsedTime * NANOSECONDS),
    };
    const line = `${request.method} ${routeOf(request)} ${status} in ${reply.elapsedTime.toFixed(1)} ms`;
    request.log[level](fields, line);
  });
}

export function registerRequestLog(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    logWhenDone(request, reply);
    done();
  });
}
