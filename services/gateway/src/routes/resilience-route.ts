import { ResilienceState } from '@penstock/contracts';
import type { Service, ServiceApp } from '@penstock/service-kit';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import type { SharedState } from '../shared/shared-state.ts';

interface Told extends Pick<Service, 'inFlight' | 'drain'> {
  readonly engines: Engines;
  readonly shared: SharedState;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** `GET /api/resilience`. */
export function registerResilienceRoute(app: ServiceApp, state: () => ResilienceState): void {
  app.get(
    '/api/resilience',
    {
      schema: {
        tags: ['operations'],
        summary: 'Live state of the policies and pools of each engine, and what gateways share',
        response: { 200: ResilienceState },
      },
    },
    state,
  );
}

/**
 * The live state of the policies and pools of each engine, and what gateways share.
 * @param looking requests in flight that only look at it, and are not counted
 */
export function resilienceState({ inFlight, drain, engines, shared }: Told, looking: number): ResilienceState {
  const { balance, budget, hedges } = engines.snapshot();
  return {
    pipeline: engines.describe(),
    breakers: engines.all.map(breakerState),
    throttles: engines.all.map(throttleState),
    concurrency: engines.all.map(concurrencyState),
    hedges: hedges.map(({ route, mode, delayMs, samples }) => ({ route, mode, delay_ms: delayMs, samples })),
    retry_budget: {
      tokens: budget.tokens,
      capacity: budget.capacity,
      per_success: budget.perSuccess,
      per_second: budget.perSecond,
    },
    balance: balance.endpoints.map(({ id, inFlight: calls, load }) => ({ name: id, in_flight: calls, load })),
    pools: engines.all.map(poolState),
    shared_state: shared.snapshot(),
    inflight_requests: inFlight.count - looking,
    drain: drain.state,
  };
}

function breakerState({ id, breaker }: Engine): ResilienceState['breakers'][number] {
  return {
    name: id,
    mode: breaker.mode,
    state: breaker.state,
    epoch: breaker.epoch,
    consecutive_failures: breaker.consecutiveFailures,
    threshold: breaker.threshold,
    since: iso(breaker.sinceMs),
    next_attempt_in_s: breaker.nextAttemptInMs === null ? null : breaker.nextAttemptInMs / 1000,
    readiness_believed: breaker.readinessBelieved,
    transitions: breaker.transitions.map(({ at, from, to, because }) => ({ at: iso(at), from, to, because })),
  };
}

function throttleState({ id, throttle }: Engine): ResilienceState['throttles'][number] {
  const { mode, requests, accepts, probability } = throttle.snapshot();
  return { name: id, mode, requests, accepts, probability };
}

function concurrencyState({ id, concurrency }: Engine): ResilienceState['concurrency'][number] {
  const { mode, limit, inFlight } = concurrency.snapshot();
  return { name: id, mode, limit, in_flight: inFlight };
}

function poolState({ id, client }: Engine): ResilienceState['pools'][number] {
  const pool = client.state();
  return { name: id, origin: client.origin.origin, ...pool, utilization: pool.active / pool.size };
}
