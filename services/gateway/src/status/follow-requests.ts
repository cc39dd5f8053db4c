import type { Clock } from '@penstock/clock';
import { CLIENT_CLOSED, type ServiceApp } from '@penstock/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENGINE_ROUTES } from '../routes/engine-routes.ts';
import type { RecentRequest, RecentRequests } from './recent-requests.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Attempts that were sent to engines for this request. */
    attempts: number;
  }
}

/** The routes whose requests are shown: not those of probes, scrapers and of the page itself. */
export const SHOWN_ROUTES: ReadonlySet<string> = new Set(ENGINE_ROUTES.map(({ url }) => url));

/** Keeps each request for the engines when its reply is complete or its client gone, with tracing on or off. */
export function followRequests(app: ServiceApp, recent: RecentRequests, clock: Clock): void {
  app.decorateRequest('attempts', 0);
  app.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? '';
    if (SHOWN_ROUTES.has(route)) reply.raw.once('close', () => keep(recent, request, reply, route, clock.now()));
    done();
  });
}

function keep(recent: RecentRequests, request: FastifyRequest, reply: FastifyReply, route: string, at: number): void {
  const { method, problemCode, attempts, traceId } = request;
  const complete = reply.raw.writableFinished;
  recent.add({
    at,
    method,
    route,
    status: complete ? reply.statusCode : CLIENT_CLOSED,
    code: complete ? problemCode : 'client_closed_request',
    durationMs: reply.elapsedTime,
    attempts,
    instead: insteadOfAnswer(reply),
    traceId,
  });
}

function insteadOfAnswer(reply: FastifyReply): RecentRequest['instead'] {
  if (reply.hasHeader('idempotency-replayed')) return 'replayed';
  return String(reply.getHeader('cache-status')).startsWith('penstock-gateway') ? 'stale' : undefined;
}
