import type { Readable } from 'node:stream';
import { HEADERS, LIMITS, ProblemError } from '@penstock/contracts';
import type { ServiceApp } from '@penstock/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Admission } from '../admission/admission.ts';
import { requestedTotal } from '../engine/deadline-header.ts';
import type { EngineCall } from '../engine/engine-client.ts';
import { headersForClient, headersForEngine } from '../engine/forwarded-headers.ts';
import { assertLength, limitedBody } from '../engine/upload-body.ts';
import { priorityOf } from '../layers/client-wishes.ts';
import { type Delivery, deliveryHeaders } from '../layers/delivery.ts';
import type { Layers } from '../layers/layers.ts';
import { ENGINE_ROUTES, type EngineRoute, problemReply } from './engine-routes.ts';

/** Every route of the engine, passed on through the layers. */
export function registerEngineRoutes(app: ServiceApp, layers: Layers, admission: Admission, maximumMs: () => number): void {
  void app.register(async (scope) => {
    // The engine alone parses and validates: here a JSON body stays the bytes that came.
    scope.addHook('onRequest', (request, reply) => admission.admit(request, reply));
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: LIMITS.jsonBytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.setValidatorCompiler(() => () => true);
    for (const route of ENGINE_ROUTES.filter(({ body }) => body !== 'upload')) addRoute(scope, route, layers, maximumMs);
  });
  void app.register(async (scope) => {
    scope.addHook('onRequest', (request, reply) => admission.admit(request, reply));
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.setValidatorCompiler(() => () => true);
    for (const route of ENGINE_ROUTES.filter(({ body }) => body === 'upload')) addRoute(scope, route, layers, maximumMs);
  });
}

type Scope = Pick<ServiceApp, 'route'>;

function addRoute(scope: Scope, route: EngineRoute, layers: Layers, maximumMs: () => number): void {
  const { method, url, summary, description, tag, bodySchema, params, querystring, success } = route;
  scope.route({
    method,
    url,
    schema: {
      summary,
      tags: [tag],
      ...(description !== undefined && { description }),
      ...(bodySchema !== undefined && { body: bodySchema }),
      ...(params !== undefined && { params }),
      ...(querystring !== undefined && { querystring }),
      response: { ...success, '4xx': problemReply(), '5xx': problemReply() },
    },
    ...(route.body === 'upload' && {
      bodyLimit: LIMITS.uploadBytes,
      config: { accepts: ['any media type of a data file', 'multipart/form-data'] },
    }),
    handler: async (request, reply) => {
      const delivery = await layers.pass({
        request,
        route: url,
        call: engineCall(route, request),
        signal: request.cancelled,
        priority: priorityOf(request.headers),
        replyType: route.replyType,
        idempotent: route.idempotent ?? false,
        total: requestedTotal(request.headers, maximumMs()),
        ...(route.body === 'upload' && { maxAttempts: 1 }),
      });
      return send(delivery, reply);
    },
  });
}

function engineCall({ method, body }: EngineRoute, request: FastifyRequest): EngineCall {
  const key = request.headers['idempotency-key'];
  const headers = {
    ...headersForEngine(request.headers),
    [HEADERS.priority]: priorityOf(request.headers),
    ...(key !== undefined && { [HEADERS.idempotencyKey]: String(key) }),
  };
  const call = { method, path: request.url, headers };
  if (body === 'json') return { ...call, body: jsonBody(request) };
  if (body === 'upload') return { ...call, ...uploadBody(request, headers) };
  return call;
}

function jsonBody(request: FastifyRequest): Buffer {
  if (request.body instanceof Buffer && request.body.length > 0) return request.body;
  throw new ProblemError('invalid_json', 'The body is empty; a JSON object is expected');
}

function uploadBody(
  request: FastifyRequest,
  headers: Readonly<Record<string, string>>,
): { body: Readable; headers: Record<string, string> } {
  const length = request.headers['content-length'];
  assertLength(length, LIMITS.uploadBytes);
  return {
    body: limitedBody(request.raw, LIMITS.uploadBytes),
    headers: { ...headers, ...(length !== undefined && { 'content-length': length }) },
  };
}

function send(delivery: Delivery, reply: FastifyReply): FastifyReply {
  const { status, headers, body } = delivery.reply;
  const timing = headers['server-timing'];
  if (timing !== undefined && delivery.kind === 'answer') reply.header('server-timing', timing);
  reply.code(status).headers({ ...headersForClient(headers), ...deliveryHeaders(delivery) });
  return reply.send(status === 204 || status === 304 ? null : body);
}
