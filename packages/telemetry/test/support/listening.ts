import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { PolicyEvent } from '@penstock/resilience';
import { CallSpans, createMetrics, endSpan, policyListener, renderText, startServerSpan } from '../../src/index.ts';
import { CALL } from './every-event.ts';
import { recordingLog } from './recording-log.ts';
import { recordingTracing } from './recording-tracing.ts';

export interface Told {
  /** Lines of `/metrics` before the first event. */
  readonly begun: readonly string[];
  /** Lines that are new or have another value. */
  readonly counted: readonly string[];
  readonly logged: readonly string[];
  /** The span of the request that the call belongs to. */
  readonly span: ReadableSpan;
}

/** What a listener makes of some events, from nothing. */
export const told = (...events: readonly PolicyEvent[]): Promise<Told> => toldOf(['engine'], ...events);

/** The same with other engines. */
export async function toldOf(engines: readonly string[], ...events: readonly PolicyEvent[]): Promise<Told> {
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const { log, lines } = recordingLog();
  const { tracing, spans: ended } = recordingTracing();
  const span = startServerSpan(tracing, { method: 'POST', route: '/', headers: {} });
  const spans = new CallSpans();
  const call = spans.open(span);
  const listen = policyListener({ metrics, logger: log, spans, engines, startedAtMs: 1_600_000_000_000 });
  const values = async (): Promise<string[]> =>
    (await renderText(metrics)).body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const begun = await values();
  for (const event of events) listen(event.call === CALL ? { ...event, call: call! } : event);
  const counted = (await values()).filter((line) => !begun.includes(line));
  endSpan(span, { status: 200 });
  return { begun, counted, logged: lines(), span: ended()[0]! };
}
