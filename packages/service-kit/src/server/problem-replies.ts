import { ProblemError, toProblem } from '@penstock/contracts';
import { addSpanEvent } from '@penstock/telemetry';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asProblem } from './as-problem.ts';
import { allowedMethods, type KnownRoute } from './known-routes.ts';
import { proxyStatus, refusalOf } from './proxy-status.ts';
import { traceIdOf } from './request-state.ts';

export interface ProblemHooks {
  /** Called for each problem reply: metrics count it. Must not throw. */
  readonly onProblem: (error: ProblemError, request: FastifyRequest) => void;
  readonly layer: 'gateway' | 'engine';
}

/** Every error of a service becomes `application/problem+json` with a row of the error table. */
export function registerProblemReplies(app: FastifyInstance, routes: readonly KnownRoute[], hooks: ProblemHooks): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = asProblem(error, request);
    if (problem.code === 'internal') request.log.error({ err: error }, 'unexpected error');
    sendProblem(problem, request, reply, hooks);
  });

  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? request.url;
    const allowed = allowedMethods(routes, path);
    const problem =
      allowed.length > 0
        ? new ProblemError(
            'method_not_allowed',
            `${request.method} is not supported here; this path takes ${allowed.join(', ')}`,
            { headers: { allow: allowed.join(', ') } },
          )
        : new ProblemError('not_found', `No route ${request.method} ${shortPath(path)}`);
    sendProblem(problem, request, reply, hooks);
  });
}

/** Writes the reply of a problem. A client that is gone gets nothing. */
export function sendProblem(problem: ProblemError, request: FastifyRequest, reply: FastifyReply, hooks: ProblemHooks): void {
  request.problemCode = problem.code;
  hooks.onProblem(problem, request);
  const { headers, retryAfterS } = problem.options;
  if (headers !== undefined) reply.headers(headers);
  if (retryAfterS !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfterS))));
  const refusal = refusalOf(problem, hooks.layer);
  if (refusal !== undefined) {
    // Whoever is nearer to the origin comes first (RFC 9209, section 2).
    const before = headers?.['proxy-status'];
    const own = proxyStatus(hooks.layer, problem.code, refusal);
    reply.header('proxy-status', before === undefined ? own : `${before}, ${own}`);
    addSpanEvent(request.span, 'request.refused', {
      'penstock.layer': refusal.layer,
      'error.type': problem.code,
      'penstock.evidence': refusal.evidence === '' ? undefined : refusal.evidence,
    });
  }
  const traceId = traceIdOf(request);
  const body = toProblem(problem, {
    layer: hooks.layer,
    instance: request.routeOptions.url ?? shortPath(request.url),
    ...(traceId !== undefined && { traceId }),
  });
  // Serialized here: a route's reply schemas describe its successes.
  void reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(String)
    .send(JSON.stringify(body));
}

const shortPath = (path: string): string => (path.length > 200 ? `${path.slice(0, 200)}…` : path);
