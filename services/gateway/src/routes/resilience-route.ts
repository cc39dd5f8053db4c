import { ResilienceState } from '@penstock/contracts';
import type { Service, ServiceApp } from '@penstock/service-kit';
import type { EngineClient } from '../engine/engine-client.ts';
import type { EngineGate } from '../engine/engine-gate.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** `GET /api/resilience`: the live state of breaker, budget and pool. */
export function registerResilienceRoute(
  app: ServiceApp,
  { inFlight, drain }: Service,
  gate: EngineGate,
  client: EngineClient,
): void {
  app.get(
    '/api/resilience',
    {
      schema: {
        tags: ['operations'],
        summary: 'Live state of breaker, retry budget and pool',
        response: { 200: ResilienceState },
      },
    },
    (): ResilienceState => {
      const { name, breaker, budget } = gate.pipeline.snapshot();
      const pool = client.state();
      return {
        pipeline: gate.pipeline.describe(),
        breakers: [
          {
            name,
            state: breaker.state,
            epoch: breaker.epoch,
            consecutive_failures: breaker.consecutiveFailures,
            threshold: breaker.threshold,
            since: iso(breaker.sinceMs),
            next_attempt_in_s: breaker.nextAttemptInMs === null ? null : breaker.nextAttemptInMs / 1000,
            transitions: breaker.transitions.map(({ at, from, to, because }) => ({ at: iso(at), from, to, because })),
          },
        ],
        retry_budget: {
          tokens: budget.tokens,
          capacity: budget.capacity,
          per_success: budget.perSuccess,
          per_second: budget.perSecond,
        },
        pools: [{ name, origin: client.origin.origin, ...pool, utilization: pool.active / pool.size }],
        inflight_requests: inFlight.count - 1,
        drain: drain.state,
      };
    },
  );
}
