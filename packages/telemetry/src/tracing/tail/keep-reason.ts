import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { SpanEventName } from '../../schema.ts';
import type { PlainSpan } from '../plain-span.ts';

/** Why a trace is kept that was not sampled; `linked`: a kept one links to it, `told`: by the service that called. */
export type KeepReason = 'error' | 'failed_attempt' | 'retried' | 'hedged' | 'transition' | 'slow' | 'linked' | 'told';

const REASON_OF_EVENT: ReadonlyMap<string, KeepReason> = new Map<SpanEventName, KeepReason>([
  ['breaker.transition', 'transition'],
  ['retry.scheduled', 'retried'],
  ['hedge.started', 'hedged'],
]);

/** The reason that a span which has ended gives to keep its trace; undefined: it gives none. */
export function keepReason(span: PlainSpan, slowMs: number): KeepReason | undefined {
  if (span.status.code === SpanStatusCode.ERROR) {
    if (span.kind !== SpanKind.CLIENT) return 'error';
    if (!isCallersMistake(span)) return 'failed_attempt';
  }
  for (const { name } of span.givenEvents) {
    const reason = REASON_OF_EVENT.get(name);
    if (reason !== undefined) return reason;
  }
  return isLocalRoot(span) && span.endMs - span.startMs >= slowMs ? 'slow' : undefined;
}

/** The first span of a trace in this service: that of a request. */
export const isLocalRoot = ({ parentSpanContext }: Pick<PlainSpan, 'parentSpanContext'>): boolean =>
  parentSpanContext === undefined || parentSpanContext.isRemote === true;

// A 4xx is an error on a CLIENT span, and none to the service that passes it on.
function isCallersMistake(span: PlainSpan): boolean {
  const status = Number(span.attribute('http.response.status_code'));
  return status >= 400 && status < 500;
}
