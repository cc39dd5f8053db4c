import { type ServiceApp, whenDone } from '@penstock/service-kit';
import { type EndedRequest, type Metrics, OBJECTIVES, type Objective } from '@penstock/telemetry';
import { ENGINE_ROUTES } from './engine-routes.ts';

const ROUTES: ReadonlySet<string | undefined> = new Set(ENGINE_ROUTES.map(({ url }) => url));
const EACH = Object.entries<Objective>(OBJECTIVES);
const MS_PER_S = 1000;

/**
 * Counts every request to a route of the engine once for each objective, when its reply is complete or its client gone.
 * Registered before whatever may refuse a request: refusals count as well.
 */
export function countObjectives(app: ServiceApp, { enabled, series }: Metrics<'gateway'>): void {
  if (!enabled) return;
  // A rate misses the step from no sample to the first one.
  for (const [slo] of EACH) for (const result of ['met', 'missed']) series.slo_compliance_total.inc({ slo, result }, 0);
  const each = EACH.map(([slo, { met }]) => {
    const of = (result: string) => series.slo_compliance_total.of({ slo, result });
    return { isMet: met, met: of('met'), missed: of('missed') };
  });
  const count = (ended: EndedRequest): void => {
    for (const { isMet, met, missed } of each) (isMet(ended) ? met : missed).inc();
  };
  app.addHook('onRequest', (request, reply, done) => {
    if (ROUTES.has(request.routeOptions.url))
      whenDone(request, reply, (status) => count({ status, seconds: reply.elapsedTime / MS_PER_S }));
    done();
  });
}
