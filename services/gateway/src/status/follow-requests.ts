import type { Clock } from '@penstock/clock';
import { CLIENT_CLOSED, type ServiceApp, whenDone } from '@penstock/service-kit';
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
    if (SHOWN_ROUTES.has(route))
      whenDone(request, reply, (status) => keep(recent, request, reply, { route, status, at: clock.now() }));
    done();
  });
}

type Ended = Pick<RecentRequest, 'route' | 'status' | 'at'>;

function keep(recent: RecentRequests, request: FastifyRequest, reply: FastifyReply, ended: Ended): void {
  const { method, problemCode, attempts, traceId } = request;
  recent.add({
    ...ended,
    method,
    code: ended.status === CLIENT_CLOSED ? 'client_closed_request' : problemCode,
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
