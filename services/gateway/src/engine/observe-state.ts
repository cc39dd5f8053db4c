import type { BreakerStateName } from '@penstock/resilience';
import type { Metrics } from '@penstock/telemetry';
import type { PoolState } from './engine-client.ts';
import type { Engines } from './engines.ts';

/** The series that are read when they are scraped: pools, the budget and whether a breaker refuses move without an event. */
export function observeState({ series }: Metrics<'gateway'>, engines: Engines): void {
  const pools = (of: (state: PoolState) => number) => () =>
    engines.all.map(({ id, client }) => [{ client_name: id, pool_type: 'http' }, of(client.state())] as const);
  series.circuit_breaker_state.readWith(() =>
    engines.all.map(({ id, pipeline }) => [{ breaker_name: id }, STATE_VALUE[pipeline.state]] as const),
  );
  series.concurrency_limit.readWith(() =>
    engines.all.map(({ id, concurrency }) => [{ limit_name: id }, concurrency.limit] as const),
  );
  series.retry_budget_tokens.readWith(() => engines.snapshot().budget.tokens);
  series.connection_pool_size.readWith(pools(({ size }) => size));
  series.connection_pool_active.readWith(pools(({ active }) => active));
  series.connection_pool_pending.readWith(pools(({ pending }) => pending));
  series.connection_pool_utilization_ratio.readWith(pools(({ active, size }) => active / size));
}

const STATE_VALUE: Readonly<Record<BreakerStateName, number>> = Object.freeze({ closed: 0, open: 1, half_open: 2 });
