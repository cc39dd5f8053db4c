import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { Clock } from '@penstock/clock';
import { LIMITS } from '@penstock/contracts';
import type { Metrics, Tracing } from '@penstock/telemetry';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { Drain, type DrainOptions, type DrainState } from '../drain/drain.ts';
import { followConnections } from '../drain/http-listener.ts';
import { registerFaults } from '../faults/register-faults.ts';
import type { FaultSettings } from '../faults/settings.ts';
import { countProblem } from '../observe/count-problem.ts';
import { registerMetricsRoutes } from '../observe/metrics-routes.ts';
import { logWhenDone, registerRequestLog } from '../observe/request-log.ts';
import { registerRequestMetrics, requestCounter } from '../observe/request-metrics.ts';
import { registerRequestSpans, startRequestSpan } from '../observe/request-spans.ts';
import { asProblem } from './as-problem.ts';
import { replyToClientError } from './client-errors.ts';
import { type HealthOptions, registerHealthRoutes } from './health-routes.ts';
import { InFlight } from './in-flight.ts';
import { collectRoutes } from './known-routes.ts';
import './schema-docs.ts';
import { type ProblemHooks, registerProblemReplies, sendProblem } from './problem-replies.ts';
import { registerRequestState } from './request-state.ts';

export type ServiceApp = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>;

export interface ServerOptions {
  readonly layer: 'gateway' | 'engine';
  readonly logger: FastifyBaseLogger;
  readonly clock: Clock;
  readonly drain: DrainOptions;
  readonly health: Omit<HealthOptions, 'clock'>;
  readonly tracing: Tracing;
  readonly metrics: Metrics;
  /** Registers what must see every route and every request, such as the plugin that writes the OpenAPI page. */
  readonly beforeRoutes?: (app: ServiceApp) => void;
  /** Fault injection, where it is enabled. */
  readonly faults?: FaultSettings | undefined;
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
  const { metrics } = options;
  const countWhenDone = requestCounter(options);
  const problems: ProblemHooks = {
    layer: options.layer,
    onProblem: ({ code }) => countProblem(metrics, code),
  };
  const app: ServiceApp = fastify({
    loggerInstance: options.logger,
    // The request log of `registerRequestLog` says more in one line.
    logController: new LogController({ disableRequestLogging: true }),
    // An address that cannot be parsed meets no route, and so none of the hooks.
    frameworkErrors: (error, request, reply) => {
      startRequestSpan(request, reply, options.tracing);
      logWhenDone(request, reply);
      if (metrics.enabled) countWhenDone(request, reply);
      sendProblem(asProblem(error), request, reply, problems);
    },
    bodyLimit: LIMITS.jsonBytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Our drain answers instead: the built-in 503 skips hooks and has no Retry-After.
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false } },
    clientErrorHandler: (error, socket) => {
      const problem = replyToClientError(error, socket, listener.isReplying(socket));
      if (problem !== undefined) countProblem(metrics, problem.code);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  const inFlight = new InFlight();
  const drain = new Drain(options.drain, {
    clock: options.clock,
    inFlight,
    log: (message, fields = {}) => options.logger.info(fields, message),
    onState: (state) => {
      metrics.series.drain_state.set(state === 'serving' ? 0 : 1);
      options.onDrainState?.(state);
    },
  });
  const listener = followConnections(app.server, options.clock);

  registerRequestState(app, inFlight);
  registerRequestSpans(app, options.tracing);
  registerRequestLog(app);
  registerRequestMetrics(app, metrics, countWhenDone);
  metrics.series.drain_state.set(0);
  metrics.series.inflight_requests.readWith(() => inFlight.count);
  metrics.series.service_uptime_seconds.readWith(() => (options.clock.now() - options.health.startedAt) / 1000);
  const routes = collectRoutes(app);
  registerProblemReplies(app, routes, problems);
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (drain.draining) reply.header('connection', 'close');
    done();
  });
  options.beforeRoutes?.(app);
  if (options.faults !== undefined) registerFaults(app, options.faults, { clock: options.clock, metrics });
  void app.register(async (scope) => {
    registerMetricsRoutes(scope, metrics);
    registerHealthRoutes(scope, drain, inFlight, { ...options.health, clock: options.clock });
  });

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
