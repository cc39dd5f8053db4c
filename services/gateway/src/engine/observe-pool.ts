import type { Metrics } from '@penstock/telemetry';
import type { EngineClient } from './engine-client.ts';

/** The pool's series, read from it when they are scraped. */
export function observePool({ series }: Metrics<'gateway'>, client: EngineClient, name: string): void {
  const labels = { client_name: name, pool_type: 'http' };
  series.connection_pool_size.readWith(() => [[labels, client.state().size]]);
  series.connection_pool_active.readWith(() => [[labels, client.state().active]]);
  series.connection_pool_pending.readWith(() => [[labels, client.state().pending]]);
  series.connection_pool_utilization_ratio.readWith(() => [[labels, client.state().active / client.state().size]]);
}
