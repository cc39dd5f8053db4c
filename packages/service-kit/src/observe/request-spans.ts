import type { Socket } from 'node:net';
import type { Span } from '@opentelemetry/api';
import {
  bindSpan,
  clientAttributes,
  endSpan,
  injectHeaders,
  OFF_SPAN,
  type SharedAttributes,
  startServerSpan,
  type Tracing,
  traceIdOf,
} from '@penstock/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CLIENT_CLOSED, whenDone } from './when-done.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The server span of the request: parent of whatever is done for it. */
    span: Span;
  }
  interface FastifyContextConfig {
    /** The route's requests have no span: it belongs to the tracing itself. */
    untraced?: boolean;
  }
}

/** Starts the server span of a request, to be ended when its reply is complete or its client gone. Its log lines carry its ids. */
export function startRequestSpan(request: FastifyRequest, reply: FastifyReply, tracing: Tracing): void {
  const { method, headers } = request;
  const options = { method, headers, route: request.routeOptions.url, path: pathOf(request.url) };
  const span = startServerSpan(tracing, options, () => clientOf(request));
  request.span = span;
  request.traceId = traceIdOf(span);
  bindSpan(request.log, span);
  whenDone(request, reply, (status) => {
    if (status !== CLIENT_CLOSED) endSpan(span, { status });
    // A turn later: what the policies decide about a call whose client has gone is told within its span.
    else setImmediate(() => endSpan(span, { status: CLIENT_CLOSED, error: 'client_aborted' }));
  });
}

function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

interface Client {
  readonly host: string | undefined;
  readonly userAgent: string | undefined;
  readonly attributes: SharedAttributes;
}

const clients = new WeakMap<Socket, Client>();

// Requests of one connection come from one client, who mostly says the same of itself.
function clientOf(request: FastifyRequest): SharedAttributes {
  const { socket, headers, httpVersion } = request.raw;
  const { host, 'user-agent': userAgent } = headers;
  const known = clients.get(socket);
  if (known !== undefined && known.host === host && known.userAgent === userAgent) return known.attributes;
  const { ip: clientAddress, hostname: serverAddress } = request;
  const attributes = clientAttributes({ clientAddress, serverAddress, protocolVersion: httpVersion, userAgent });
  clients.set(socket, { host, userAgent, attributes });
  return attributes;
}

/** One server span per request, and the trace shown to the client in `traceparent` and `Server-Timing`. */
export function registerRequestSpans(app: FastifyInstance, tracing: Tracing): void {
  app.decorateRequest('span');
  app.addHook('onRequest', (request, reply, done) => {
    if (!tracing.enabled || request.routeOptions.config.untraced === true) request.span = OFF_SPAN;
    else startRequestSpan(request, reply, tracing);
    done();
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const { traceparent } = injectHeaders(request.span);
    if (traceparent !== undefined) {
      reply.header('traceparent', traceparent);
      reply.header('server-timing', timing(reply.getHeader('server-timing'), traceparent));
    }
    done();
  });
}

// The form that browsers' developer tools show beside the request.
function timing(given: number | string | string[] | undefined, traceparent: string): string {
  const entry = `traceparent;desc="${traceparent}"`;
  return given === undefined ? entry : `${String(given)}, ${entry}`;
}

export const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'unmatched';
