import type { HealthCheck } from '@penstock/contracts';
import type { EngineClient } from './engine-client.ts';
import type { EngineGate } from './engine-gate.ts';

/** How the engine looks from here: the breaker's state and the pool, without asking the engine anything. */
export async function engineHealth(client: EngineClient, gate: EngineGate): Promise<readonly HealthCheck[]> {
  const { breaker } = gate.pipeline.snapshot();
  const { connected } = client.state();
  const next = breaker.nextAttemptInMs === null ? '' : `, next attempt in ${Math.ceil(breaker.nextAttemptInMs / 1000)} s`;
  return [
    {
      name: 'engine',
      ok: breaker.state === 'closed' && breaker.consecutiveFailures === 0,
      detail: `${client.origin.origin}: breaker ${breaker.state}, ${breaker.consecutiveFailures} failed calls in a row${next}; ${connected} connections`,
    },
  ];
}
