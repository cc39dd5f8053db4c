import type { PolicyEvent } from '@penstock/resilience';
import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { CallSpans } from './call-spans.ts';
import { countEvent } from './count-event.ts';
import { logEvent } from './log-event.ts';

export interface PolicyListenerOptions {
  readonly metrics: Metrics<'gateway'>;
  readonly logger: Log;
  /** Finds the span of the request that an event belongs to. */
  readonly spans: CallSpans;
  /** Names of the pipelines, so that their breakers' series exist, closed, from the start. */
  readonly engines: readonly string[];
  /** When the service started, milliseconds since the Unix epoch. */
  readonly startedAtMs: number;
}

/** What every policy's `onEvent` is given: turns events into metrics, span events and log lines. */
export function policyListener(options: PolicyListenerOptions): (event: PolicyEvent) => void {
  const { metrics, logger, spans, engines, startedAtMs } = options;
  const { series } = metrics;
  for (const breaker_name of engines) {
    series.circuit_breaker_consecutive_failures.set({ breaker_name }, 0);
    series.circuit_breaker_last_state_change_timestamp.set({ breaker_name }, startedAtMs / 1000);
  }
  return (event) => {
    countEvent(series, event);
    spans.write(event);
    logEvent(logger, event);
  };
}
