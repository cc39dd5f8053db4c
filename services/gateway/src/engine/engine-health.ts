import type { HealthCheck } from '@penstock/contracts';
import type { Engine } from './engine.ts';
import type { Engines } from './engines.ts';

/** How the engines look from here: breakers and pools, without asking an engine anything. */
export async function engineHealth({ all }: Engines): Promise<readonly HealthCheck[]> {
  return all.map(healthOf);
}

function healthOf({ id, breaker, client }: Engine): HealthCheck {
  const { connected } = client.state();
  const next = breaker.nextAttemptInMs === null ? '' : `, next attempt in ${Math.ceil(breaker.nextAttemptInMs / 1000)} s`;
  return {
    name: id,
    ok: breaker.state === 'closed' && breaker.consecutiveFailures === 0,
    detail: `${client.origin.origin}: breaker ${breaker.state}, ${breaker.consecutiveFailures} failed calls in a row${next}; ${connected} connections`,
  };
}
