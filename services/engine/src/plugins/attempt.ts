import { HEADERS } from '@penstock/contracts';
import { annotate } from '@penstock/telemetry';
import type { FastifyInstance } from 'fastify';

/** Tells on span and log lines of a request which attempt of the gateway it is. What is no such number is ignored. */
export function registerAttempt(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const given = String(request.headers[HEADERS.attempt]);
    if (/^[1-9]\d{0,3}$/.test(given)) {
      const attempt = { 'penstock.attempt': Number(given) };
      annotate(request.span, attempt);
      request.log = request.log.child(attempt);
    }
    done();
  });
}
