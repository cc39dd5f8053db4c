import { buildServer, faultSettings, type Service, type ServiceApp } from '@penstock/service-kit';
import { Analyzer } from './analysis/analyzer.ts';
import { ResultCache } from './analysis/result-cache.ts';
import type { EngineConfig } from './config.ts';
import type { EngineDeps } from './deps.ts';
import { engineHealth } from './health.ts';
import { registerCallFacts } from './plugins/call-facts.ts';
import { registerDeadline } from './plugins/deadline.ts';
import { registerErrors } from './plugins/errors.ts';
import { registerJsonBodies } from './plugins/json-bodies.ts';
import { registerLoadHeader } from './plugins/load-header.ts';
import { registerAnalysesRoutes } from './routes/analyses-routes.ts';
import { registerAnalyzeRoute } from './routes/analyze-route.ts';
import { registerCatalogueRoutes } from './routes/catalogue-routes.ts';
import { registerDatasetsRoutes } from './routes/datasets-routes.ts';
import { registerKeepTracesRoute } from './routes/keep-traces-route.ts';
import { registerUnavailableRoutes } from './routes/unavailable-routes.ts';
import { registerUploadRoute } from './routes/upload-route.ts';
import { ENGINE_VERSION } from './version.ts';

/** Builds the engine. It does not listen; closing it closes what `deps` opened. */
export async function buildEngine(config: EngineConfig, deps: EngineDeps): Promise<Service> {
  const { logger, clock, tracing, metrics, cache, datasets, analyses, pool } = deps;
  const service = buildServer({
    layer: 'engine',
    logger,
    clock,
    tracing,
    metrics,
    faults: faultSettings(config),
    drain: { propagationMs: config.DRAIN_PROPAGATION_MS, timeoutMs: config.DRAIN_TIMEOUT_MS },
    health: { service: 'engine', version: ENGINE_VERSION, startedAt: clock.now(), ...engineHealth(deps) },
  });
  const { app } = service;
  const analyzer = new Analyzer({
    cache: new ResultCache(cache, config.CACHE_TTL_S),
    datasets,
    analyses,
    pool,
    tracing,
    metrics,
    logger,
  });
  void app.register(async (scope: ServiceApp) => registerKeepTracesRoute(scope, tracing));
  registerLoadHeader(app, pool);
  observeGauges(deps);
  // A scope of its own: its errors are translated before the service's handler sees them.
  await app.register(async (api: ServiceApp) => {
    registerErrors(api);
    registerCallFacts(api);
    registerDeadline(api, clock);
    registerJsonBodies(api);
    await api.register(async (scope: ServiceApp) => registerAnalyzeRoute(scope, analyzer, config.ANALYSIS_TIMEOUT_MS));
    await api.register(async (scope: ServiceApp) => registerUploadRoute(scope, datasets, metrics));
    registerDatasetsRoutes(api, datasets);
    registerAnalysesRoutes(api, analyses);
    registerCatalogueRoutes(api);
    registerUnavailableRoutes(api);
  });
  app.addHook('onClose', () => closeAll(analyzer, deps));
  return service;
}

function observeGauges({ metrics: { series }, pool, cache }: EngineDeps): void {
  series.job_queue_depth.readWith(() => pool.load.queued);
  series.worker_active_jobs.readWith(() => pool.load.active);
  series.concurrency_limit.readWith(() => [[{ limit_name: 'workers' }, pool.limit]]);
  series.drawing_queue_size.readWith(() => pool.figuresWaiting);
  series.semcache_size.readWith(() => cache.stats().size);
  series.semcache_fill_ratio.readWith(() => {
    const { size, capacity } = cache.stats();
    return capacity === null ? 0 : size / capacity;
  });
}

/** In the order of use: nothing computes or writes any more when the database goes. */
async function closeAll(analyzer: Analyzer, { pool, datasets, cache, sql }: EngineDeps): Promise<void> {
  await pool.close();
  await analyzer.settled();
  await datasets.close();
  await cache.close();
  await sql.close();
}
