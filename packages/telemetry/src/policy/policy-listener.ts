import type { PolicyEvent } from '@penstock/resilience';
import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { CallEvents, type OtherEvent } from './call-events.ts';
import type { CallSpans } from './call-spans.ts';
import { countEvent } from './count-event.ts';
import { beginEngineSeries } from './engine-series.ts';
import { logLine } from './log-event.ts';
import { writeSpanEvent } from './span-events.ts';

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
  const calls = new CallEvents(metrics, spans);
  const hear = (event: OtherEvent): void => {
    if (enabled) countEvent(series, event);
    const span = spans.of(event.call);
    if (span !== undefined) writeSpanEvent(span, event);
    const line = logLine(event);
    if (line === undefined) return;
    const [level, text, fields = {}] = line;
    spans.logger(event, logger)[level](fields, text);
  };
  return (event) => {
    switch (event.type) {
      case 'breaker_call':
        return calls.breakerCall(event);
      case 'call_finished':
        return calls.callFinished(event);
      case 'attempt_started':
      case 'attempt_finished':
      case 'coalesce_finished':
        // An attempt has a span and series of its own.
        return undefined;
      case 'balance_picked':
        // With a single engine there is nothing to decide.
        return engines.length === 1 && !event.shadow ? undefined : hear(event);
      default:
        return hear(event);
    }
  };
}
