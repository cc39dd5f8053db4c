import type { Metrics } from '@penstock/telemetry';
import type { EngineClient } from './engine-client.ts';
import type { EngineGate } from './engine-gate.ts';

/** The series of pool and budget that are read when they are scraped: both move without an event. */
export function observeState({ series }: Metrics<'gateway'>, client: EngineClient, gate: EngineGate, name: string): void {
  series.retry_budget_tokens.readWith(() => gate.pipeline.snapshot().budget.tokens);
  const labels = { client_name: name, pool_type: 'http' };
  series.connection_pool_size.readWith(() => [[labels, client.state().size]]);
  series.connection_pool_active.readWith(() => [[labels, client.state().active]]);
  series.connection_pool_pending.readWith(() => [[labels, client.state().pending]]);
  series.connection_pool_utilization_ratio.readWith(() => [[labels, client.state().active / client.state().size]]);
}
