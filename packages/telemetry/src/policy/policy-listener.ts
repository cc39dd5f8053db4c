import type { PolicyEvent } from '@penstock/resilience';
import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { CallSpans } from './call-spans.ts';
import { countEvent } from './count-event.ts';
import { beginEngineSeries } from './engine-series.ts';
import { logLine } from './log-event.ts';

export interface PolicyListenerOptions {
  readonly metrics: Metrics<'gateway'>;
  readonly logger: Log;
  /** Finds the span of the request that an event belongs to. */
  readonly spans: CallSpans;
  /** Names of the engines, so that their series exist from the start. */
  readonly engines: readonly string[];
  /** When the service started, milliseconds since the Unix epoch. */
  readonly startedAtMs: number;
}

/** What every policy's `onEvent` is given: turns events into metrics, span events and log lines. */
export function policyListener(options: PolicyListenerOptions): (event: PolicyEvent) => void {
  const { metrics, logger, spans, engines, startedAtMs } = options;
  const { series, enabled } = metrics;
  for (const engine of engines) beginEngineSeries(metrics, engine, startedAtMs);
  return (event) => {
    if (enabled) countEvent(series, event);
    spans.write(event);
    const line = logLine(event);
    if (line === undefined) return;
    const [level, text, fields = {}] = line;
    spans.logger(event, logger)[level](fields, text);
  };
}
