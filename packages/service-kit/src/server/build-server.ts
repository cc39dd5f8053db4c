import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Clock } from '@penstock/clock';
import { LIMITS, type ProblemError } from '@penstock/contracts';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { Drain, type DrainOptions, type DrainState } from '../drain/drain.ts';
import { followConnections } from '../drain/http-listener.ts';
import { asProblem } from './as-problem.ts';
import { replyToClientError } from './client-errors.ts';
import { type HealthOptions, registerHealthRoutes } from './health-routes.ts';
import { InFlight } from './in-flight.ts';
import { collectRoutes } from './known-routes.ts';
import { type ProblemHooks, registerProblemReplies, sendProblem } from './problem-replies.ts';
import { registerRequestState } from './request-state.ts';

export type ServiceApp = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>;

export interface ServerOptions {
  readonly layer: 'gateway' | 'engine';
  readonly logger: FastifyBaseLogger;
  readonly clock: Clock;
  readonly drain: DrainOptions;
  readonly health: HealthOptions;
  /** Called for each problem reply, with its row of the error table. */
  readonly onProblem?: (problem: ProblemError) => void;
  readonly onDrainState?: (state: DrainState) => void;
}

export interface Service {
  readonly app: ServiceApp;
  readonly inFlight: InFlight;
  readonly drain: Drain;
  /** Runs the whole drain and closes the app: after it, nothing of the service is left. */
  stop(): Promise<void>;
}

/** How long a request may take to arrive, and a kept connection to be used again, in milliseconds. */
const REQUEST_TIMEOUT_MS = 300_000;
const KEEP_ALIVE_MS = 72_000;
const MAX_PARAM_LENGTH = 200;

/**
 * A Fastify app with everything that both services share: problem replies, health, drain, cancellation.
 * It does not listen; routes are added by the caller.
 */
export function buildServer(options: ServerOptions): Service {
  const problems: ProblemHooks = { layer: options.layer, onProblem: (problem) => options.onProblem?.(problem) };
  const app: ServiceApp = fastify({
    loggerInstance: options.logger,
    // The request log of `registerRequestLog` says more in one line.
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: (error, request, reply) => sendProblem(asProblem(error), request, reply, problems),
    bodyLimit: LIMITS.jsonBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Our drain answers instead: the built-in 503 skips hooks and has no Retry-After.
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false } },
    clientErrorHandler: (error, socket) => {
      const problem = replyToClientError(error, socket);
      if (problem !== undefined) options.onProblem?.(problem);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  const inFlight = new InFlight();
  const drain = new Drain(options.drain, {
    clock: options.clock,
    inFlight,
    log: (message, fields = {}) => options.logger.info(fields, message),
    ...(options.onDrainState !== undefined && { onState: options.onDrainState }),
  });
  const listener = followConnections(app.server, options.clock);

  registerRequestState(app, inFlight);
  const routes = collectRoutes(app);
  registerProblemReplies(app, routes, problems);
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (drain.draining) reply.header('connection', 'close');
    done();
  });
  registerHealthRoutes(app, drain, inFlight, options.health);

  return {
    app,
    inFlight,
    drain,
    async stop() {
      await drain.run(listener);
      await app.close();
    },
  };
}
