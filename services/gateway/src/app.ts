import type { Clock, Random } from '@penstock/clock';
import { buildServer, faultSettings, type Service } from '@penstock/service-kit';
import { type Metrics, policyListener, type Tracing } from '@penstock/telemetry';
import type { FastifyBaseLogger } from 'fastify';
import type { GatewayConfig } from './config.ts';
import { EngineClient } from './engine/engine-client.ts';
import { EngineGate } from './engine/engine-gate.ts';
import { engineHealth } from './engine/engine-health.ts';
import { observeState } from './engine/observe-state.ts';
import { pipelineOptions } from './engine/pipeline-options.ts';
import { registerDocs } from './routes/docs-routes.ts';
import { registerEngineRoutes } from './routes/pass-on.ts';
import { registerResilienceRoute } from './routes/resilience-route.ts';
import { VERSION } from './version.ts';

export interface GatewayDeps {
  readonly logger: FastifyBaseLogger;
  readonly tracing: Tracing;
  readonly metrics: Metrics<'gateway'>;
  readonly clock: Clock;
  readonly random: Random;
}

export interface Gateway extends Service {
  readonly gate: EngineGate;
}

/** The name of the engine in messages, series and spans. */
const ENGINE = 'engine';

/** Builds the gateway. It does not listen. */
export async function buildGateway(config: GatewayConfig, deps: GatewayDeps): Promise<Gateway> {
  const { clock, logger, metrics, random, tracing } = deps;
  const client = new EngineClient({
    origin: config.ENGINE_URL,
    connections: config.POOL_CONNECTIONS,
    connectTimeoutMs: config.CONNECT_TIMEOUT_MS,
  });
  const gate = new EngineGate(ENGINE, pipelineOptions(config), {
    client,
    clock,
    random,
    tracing,
    metrics,
    onEvent: policyListener({ metrics, logger, engines: [ENGINE], startedAtMs: clock.now() }),
  });
  const service = buildServer({
    layer: 'gateway',
    logger,
    clock,
    tracing,
    metrics,
    beforeRoutes: (app) => registerDocs(app, VERSION),
    faults: faultSettings(config),
    drain: { propagationMs: config.DRAIN_PROPAGATION_MS, timeoutMs: config.DRAIN_TIMEOUT_MS },
    health: {
      service: 'gateway',
      version: VERSION,
      startedAt: clock.now(),
      // With the engine away the gateway still answers, and says why: that is told, and decides nothing.
      checks: async () => [],
      informative: () => engineHealth(client, gate),
    },
    onDrainState: (state) => {
      if (state === 'aborting') gate.pipeline.drain();
    },
  });
  observeState(metrics, client, gate, ENGINE);
  const { app } = service;
  registerEngineRoutes(app, gate, config.TOTAL_TIMEOUT_MS);
  void app.register(async (scope) => registerResilienceRoute(scope, service, gate, client));
  app.addHook('onClose', () => gate.close());
  return { ...service, gate };
}
