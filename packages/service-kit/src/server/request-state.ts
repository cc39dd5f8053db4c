import { type ErrorCode, ProblemError } from '@penstock/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CLIENT_CLOSED, whenDone } from '../observe/when-done.ts';
import type { InFlight } from './in-flight.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Aborts when the client is gone or the drain's limit has passed, with a ProblemError as its reason. */
    cancelled: AbortSignal;
    /** What finds the request in Jaeger and the logs; undefined when tracing is off. */
    traceId: string | undefined;
    /** Row of the error table that the reply is; undefined for any other reply. */
    problemCode: ErrorCode | undefined;
  }
  interface FastifyContextConfig {
    /** Replies go on until a drain ends them, which waits for that; they are not counted as in flight. */
    lasting?: boolean;
  }
}

/** Follows each request from its first header to the last byte of its reply. */
export function registerRequestState(app: FastifyInstance, inFlight: InFlight): void {
  // Fastify wants reference types to be set for each request, in a hook.
  app.decorateRequest('cancelled');
  app.decorateRequest('atEnd', undefined);
  app.decorateRequest('traceId', undefined);
  app.decorateRequest('problemCode', undefined);
  app.addHook('onRequest', (request, reply, done) => {
    const controller = new AbortController();
    request.cancelled = controller.signal;
    const end = inFlight.begin(controller, request.routeOptions.config.lasting);
    whenDone(request, reply, (status) => {
      end();
      // `request.signal` would do so as soon as the body is read: only an unfinished reply means a client gone.
      if (status === CLIENT_CLOSED)
        controller.abort(new ProblemError('client_closed_request', 'The client closed the connection'));
    });
    done();
  });
}

export const traceIdOf = (request: FastifyRequest): string | undefined => request.traceId;
