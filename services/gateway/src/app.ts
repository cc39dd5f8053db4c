import type { Clock, Random } from '@penstock/clock';
import { LIMITS, type ResilienceState } from '@penstock/contracts';
import { buildServer, faultSettings, type Service } from '@penstock/service-kit';
import { CallSpans, type Metrics, policyListener, type Tracing } from '@penstock/telemetry';
import type { FastifyBaseLogger } from 'fastify';
import { Admission } from './admission/admission.ts';
import { EventLoopLag } from './admission/event-loop-lag.ts';
import type { GatewayConfig } from './config.ts';
import { engineClassifier } from './engine/classify.ts';
import { EngineGate } from './engine/engine-gate.ts';
import { engineHealth } from './engine/engine-health.ts';
import { Engines, engineNames } from './engine/engines.ts';
import { observeState } from './engine/observe-state.ts';
import { attemptSender } from './engine/send-attempt.ts';
import type { UploadLimits } from './engine/upload-body.ts';
import { layerOptions } from './layers/layer-options.ts';
import { Layers } from './layers/layers.ts';
import { LiveConfig, type Reloaded } from './live-config.ts';
import { registerAdmin } from './routes/admin-routes.ts';
import { countObjectives } from './routes/count-objectives.ts';
import { registerDocs } from './routes/docs-routes.ts';
import { registerEngineRoutes } from './routes/pass-on.ts';
import { registerResilienceRoute, resilienceState } from './routes/resilience-route.ts';
import { openSharedState } from './shared/shared-state.ts';
import { registerStatus } from './status/register-status.ts';
import { KeepMessages } from './tracing/keep-messages.ts';
import { VERSION } from './version.ts';

export interface GatewayDeps {
  readonly logger: FastifyBaseLogger;
  readonly tracing: Tracing;
  readonly metrics: Metrics<'gateway'>;
  readonly clock: Clock;
  readonly random: Random;
  /** The configuration as it is now. */
  readonly readConfig: () => GatewayConfig;
}

export interface Gateway extends Service {
  /** The start line: every layer with its numbers, outermost first. */
  readonly describe: () => string;
  /**
   * Reads the configuration again and gives the policies their new options; nothing that they learnt is dropped.
   * @throws ConfigError or RangeError; then everything stays as it was
   */
  readonly reload: () => Reloaded;
}

/** Share of an upload's attempt that its arrival may take; the rest is left to the engine. */
const ARRIVAL_SHARE = 0.9;

/** The longest timer, ms: for an upload whose attempt is not cut. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function uploadLimits(config: GatewayConfig): UploadLimits {
  const attemptMs = config.ATTEMPT_TIMEOUT_MODE === 'enforce' ? config.ATTEMPT_TIMEOUT_MS : MAX_TIMER_MS;
  const totalMs = config.TOTAL_TIMEOUT_MODE === 'enforce' ? config.TOTAL_TIMEOUT_MS : MAX_TIMER_MS;
  return {
    maxBytes: LIMITS.uploadBytes,
    idleMs: config.UPLOAD_IDLE_MS,
    arrivalMs: ARRIVAL_SHARE * Math.min(attemptMs, totalMs),
  };
}

/** Builds the gateway. It does not listen. */
export async function buildGateway(config: GatewayConfig, deps: GatewayDeps): Promise<Gateway> {
  const { clock, logger, metrics, random, tracing } = deps;
  const live = new LiveConfig(config, (next) => {
    engines.reload(next);
    const { rateLimit, ...around } = layerOptions(next);
    admission.reload(rateLimit);
    layers.reload({ rateLimit, ...around });
  });
  const spans = new CallSpans();
  const onEvent = policyListener({ metrics, logger, spans, engines: engineNames(config), startedAtMs: clock.now() });
  const classify = engineClassifier(clock);
  const keepMessages = new KeepMessages(config.ENGINE_URL, { clock, tracing, metrics });
  const engines = new Engines(config, { clock, random, classify, onEvent });
  const gate = new EngineGate({
    engines,
    clock,
    random,
    onEvent,
    spans,
    send: attemptSender({ engines, clock, tracing, metrics, classify }),
  });
  const options = layerOptions(config);
  const shared = await openSharedState(config, { clock, logger, metrics });
  const layers = new Layers(options, {
    gate,
    clock,
    random,
    onEvent,
    spans,
    tracing,
    keys: shared.keys,
    onCoalesced: () => metrics.series.coalesced_total.inc(),
  });
  const lag = new EventLoopLag(clock);
  const admission = new Admission(options.rateLimit, {
    clock,
    onEvent,
    rates: shared.rates,
    ratesFallback: shared.ratesFallback,
    spans,
    onShed: (priority) => metrics.series.shed_total.inc({ reason: 'event_loop', priority }),
    lagMs: () => lag.meanMs,
    overloadDelayMs: () => live.now.OVERLOAD_DELAY_MS,
  });
  const startedAt = clock.now();
  const service = buildServer({
    layer: 'gateway',
    logger,
    clock,
    tracing,
    metrics,
    beforeRoutes: (app) => {
      countObjectives(app, metrics);
      registerDocs(app, VERSION);
    },
    faults: faultSettings(config),
    drain: { propagationMs: config.DRAIN_PROPAGATION_MS, timeoutMs: config.DRAIN_TIMEOUT_MS },
    health: {
      service: 'gateway',
      version: VERSION,
      startedAt,
      // With the engine away the gateway still answers, and says why: that is told, and decides nothing.
      checks: async () => [],
      informative: async () => [...(await engineHealth(engines)), ...shared.health()],
    },
    onDrainState: (state) => {
      if (state === 'finishing') viewers.close();
      // Ends calls as stopped, not as left by their clients.
      if (state === 'aborting') gate.stop();
    },
  });
  observeState(metrics, engines);
  const { app } = service;
  registerEngineRoutes(app, {
    layers,
    admission,
    clock,
    metrics,
    maximumMs: () => live.now.TOTAL_TIMEOUT_MS,
    upload: () => uploadLimits(live.now),
  });
  const state = (looking: number): ResilienceState => resilienceState({ ...service, engines, shared }, looking);
  void app.register(async (scope) => registerResilienceRoute(scope, () => state(1)));
  const viewers = registerStatus(app, {
    clock,
    metrics,
    version: VERSION,
    startedAt,
    jaegerUi: config.JAEGER_UI_URL,
    state,
  });
  const describe = (): string => [admission, layers, engines].map((layer) => layer.describe()).join(' > ');
  const reload = (): Reloaded => {
    try {
      const reloaded = live.reload(deps.readConfig());
      metrics.series.config_reloads_total.inc({ result: 'taken_over' });
      logger.info(reloaded, `Configuration read again: ${describe()}`);
      return reloaded;
    } catch (error) {
      metrics.series.config_reloads_total.inc({ result: 'refused' });
      throw error;
    }
  };
  void app.register(async (scope) => registerAdmin(scope, { reload, describe, values: () => live.reloadable }));
  app.addHook('onClose', async () => {
    lag.stop();
    viewers.close();
    admission.stop();
    layers.stop();
    await Promise.all([gate.close(), keepMessages.close()]);
    shared.close();
  });
  return { ...service, describe, reload };
}
