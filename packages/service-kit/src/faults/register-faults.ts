import type { FastifyInstance } from 'fastify';
import { ConfigError } from '../config/config-error.ts';
import { describeFaults, registerFaultRoutes } from './admin-routes.ts';
import { type InjectDeps, registerInjection } from './inject.ts';
import { FaultInjector } from './injector.ts';
import { InvalidFaults, parseFaults } from './parse-faults.ts';
import type { FaultSettings } from './settings.ts';

/**
 * Fault injection for a service: every route registered afterwards can be hit, and `/admin/faults` changes how.
 * The app's `ready()` rejects with a ConfigError where a fault names a route that it does not have.
 */
export function registerFaults(app: FastifyInstance, settings: FaultSettings, deps: InjectDeps): void {
  const injector = new FaultInjector(settings);
  const routes = new Set<string>();
  app.addHook('onRoute', ({ url }) => void routes.add(url));
  registerInjection(app, injector, deps);
  void app.register(async (scope) => registerFaultRoutes(scope, injector, routes));
  app.addHook('onReady', async () => {
    assertRoutes(settings, routes);
    app.log.warn(`[Fault] Fault injection is enabled: ${describeFaults(settings)}`);
  });
}

function assertRoutes({ faults }: FaultSettings, routes: ReadonlySet<string>): void {
  try {
    parseFaults(faults, routes);
  } catch (error) {
    throw error instanceof InvalidFaults ? new ConfigError(`FAULTS: ${error.message}`) : error;
  }
}
