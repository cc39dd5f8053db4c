import type { Readable } from 'node:stream';
import type { Clock } from '@penstock/clock';
import { HEADERS, LIMITS, ProblemError } from '@penstock/contracts';
import { countProblem, type ServiceApp } from '@penstock/service-kit';
import type { Metrics } from '@penstock/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Admission } from '../admission/admission.ts';
import { requestedTotal } from '../engine/deadline-header.ts';
import type { EngineCall } from '../engine/engine-client.ts';
import { headersForClient, headersForEngine } from '../engine/forwarded-headers.ts';
import { knownProblem } from '../engine/reply-problem.ts';
import { assertLength, type UploadLimits, watchedBody } from '../engine/upload-body.ts';
import { priorityOf } from '../layers/client-wishes.ts';
import { type Delivery, deliveryHeaders } from '../layers/delivery.ts';
import type { Layers } from '../layers/layers.ts';
import { ENGINE_ROUTES, type EngineRoute, hedgeOf, problemReply } from './engine-routes.ts';

export interface PassOnDeps {
  readonly layers: Layers;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Longest total of a call, ms. */
  readonly maximumMs: () => number;
  readonly upload: () => UploadLimits;
}

/** Every route of the engine, passed on through the layers. */
export function registerEngineRoutes(app: ServiceApp, deps: PassOnDeps): void {
  const { admission } = deps;
  void app.register(async (scope) => {
    // The engine alone parses and validates: here a JSON body stays the bytes that came.
    scope.addHook('onRequest', (request, reply) => admission.admit(request, reply));
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: LIMITS.jsonBytes }, (_request, body, done) =>
      done(null, body),
    );
    scope.setValidatorCompiler(() => () => true);
    for (const route of ENGINE_ROUTES.filter(({ body }) => body !== 'upload')) addRoute(scope, route, deps);
  });
  void app.register(async (scope) => {
    scope.addHook('onRequest', (request, reply) => admission.admit(request, reply));
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.setValidatorCompiler(() => () => true);
    for (const route of ENGINE_ROUTES.filter(({ body }) => body === 'upload')) addRoute(scope, route, deps);
  });
}

type Scope = Pick<ServiceApp, 'route'>;

function addRoute(scope: Scope, route: EngineRoute, deps: PassOnDeps): void {
  const { layers, maximumMs } = deps;
  // An upload can be sent once; a deletion done twice would be answered 404.
  const once = route.body === 'upload' || route.method === 'DELETE';
  const hedge = hedgeOf(route);
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
      try {
        const delivery = await layers.pass({
          request,
          route: url,
          call: engineCall(route, request, deps),
          signal: request.cancelled,
          priority: priorityOf(request.headers),
          replyType: route.replyType,
          idempotent: route.idempotent ?? false,
          total: requestedTotal(request.headers, maximumMs()),
          ...(once && { maxAttempts: 1 }),
          ...(hedge !== undefined && { hedge }),
        });
        noteProblem(delivery, request, deps.metrics);
        return send(delivery, reply);
      } finally {
        if (route.body === 'upload') dropUnread(request);
      }
    },
  });
}

// What is left unread of an upload is read and dropped: on a kept connection it would stand before the next request.
function dropUnread({ raw }: FastifyRequest): void {
  raw.unpipe();
  raw.resume();
}

function engineCall({ method, body }: EngineRoute, request: FastifyRequest, deps: PassOnDeps): EngineCall {
  const key = request.headers['idempotency-key'];
  const headers = {
    ...headersForEngine(request.headers),
    [HEADERS.priority]: priorityOf(request.headers),
    ...(key !== undefined && { [HEADERS.idempotencyKey]: String(key) }),
  };
  const call = { method, path: request.url, headers };
  if (body === 'json') return { ...call, body: jsonBody(request) };
  if (body === 'upload') return { ...call, ...uploadBody(request, headers, deps) };
  return call;
}

function jsonBody(request: FastifyRequest): Buffer {
  if (request.body instanceof Buffer && request.body.length > 0) return request.body;
  throw new ProblemError('invalid_json', 'The body is empty; a JSON object is expected');
}

function uploadBody(
  request: FastifyRequest,
  headers: Readonly<Record<string, string>>,
  { upload, clock }: PassOnDeps,
): { body: Readable; headers: Record<string, string> } {
  const limits = upload();
  const length = request.headers['content-length'];
  assertLength(length, limits.maxBytes);
  return {
    body: watchedBody(request.raw, limits, clock),
    headers: { ...headers, ...(length !== undefined && { 'content-length': length }) },
  };
}

// An engine's refusal of a request is the gateway's reply as well.
function noteProblem({ reply }: Delivery, request: FastifyRequest, metrics: Metrics): void {
  const problem = reply.status >= 400 ? knownProblem(reply) : undefined;
  if (problem === undefined) return;
  request.problemCode = problem.code;
  countProblem(metrics, problem.code);
}

function send(delivery: Delivery, reply: FastifyReply): FastifyReply {
  const { status, headers, body } = delivery.reply;
  const timing = engineTiming(headers['server-timing']);
  if (timing !== undefined && delivery.kind === 'answer') reply.header('server-timing', timing);
  reply.code(status).headers({ ...headersForClient(headers), ...deliveryHeaders(delivery) });
  return reply.send(status === 204 || status === 304 ? null : body);
}

// The engine's own traceparent entry goes: the gateway adds the one of the whole request.
function engineTiming(header: string | string[] | undefined): string | undefined {
  const entries = String(header ?? '')
    .split(', ')
    .filter((entry) => entry !== '' && !entry.startsWith('traceparent'));
  return entries.length === 0 ? undefined : entries.join(', ');
}
