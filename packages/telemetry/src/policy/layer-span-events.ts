import type { LayerEvent } from '@penstock/resilience';
import type { SpanEvent } from '../schema.ts';

/** The span event of a layer's event; undefined for what is no decision about a call. */
export function layerSpanEvent(event: LayerEvent): SpanEvent | undefined {
  switch (event.type) {
    case 'rate_limited':
      return ['rate_limit.refused', { 'penstock.limit': event.limit, 'penstock.retry_after_ms': finite(event.retryAfterMs) }];
    case 'rate_limit_store_failed':
      return ['rate_limit.store_failed', { 'penstock.message': event.message }];
    case 'idempotency_decided':
      return ['idempotency.decided', { 'penstock.outcome': event.decision }];
    case 'idempotency_store_failed':
      return ['idempotency.store_failed', { 'penstock.reason': event.during, 'penstock.message': event.message }];
    case 'idempotency_lease_lost':
      return ['idempotency.lease_lost', {}];
    case 'coalesce_joined':
      return ['coalesce.joined', { 'penstock.sharing': event.sharing }];
    case 'stale_served':
      return ['stale.served', { 'penstock.age_ms': event.ageMs, 'penstock.max_stale_ms': finite(event.maxStaleMs) }];
    case 'fallback_used':
      return ['fallback.used', { 'penstock.reason': event.reason }];
    case 'fallback_failed':
      return ['fallback.failed', { 'penstock.reason': event.reason, 'penstock.message': event.message }];
    case 'balance_picked':
      return ['balance.picked', { 'penstock.engine': event.endpoint, 'penstock.reason': event.because }];
    case 'balance_exhausted':
      return ['balance.exhausted', { 'penstock.engines': event.endpoints }];
    case 'throttle_refused':
      return [
        'throttle.refused',
        {
          'penstock.engine': event.name,
          'penstock.probability': event.probability,
          'penstock.requests': event.requests,
          'penstock.accepts': event.accepts,
        },
      ];
    case 'concurrency_shed':
      return [
        'concurrency.shed',
        {
          'penstock.engine': event.name,
          'penstock.priority': event.priority,
          'penstock.in_flight': event.inFlight,
          'penstock.limit': event.limit,
          'penstock.retry_after_ms': event.retryAfterMs,
        },
      ];
    case 'bulkhead_queued':
    case 'bulkhead_refused':
      return [
        event.type === 'bulkhead_queued' ? 'bulkhead.queued' : 'bulkhead.refused',
        {
          'penstock.engine': event.name,
          'penstock.priority': event.priority,
          'penstock.in_flight': event.inFlight,
          'penstock.queued': event.queued,
          'penstock.reason': event.type === 'bulkhead_refused' ? event.because : undefined,
        },
      ];
    case 'hedge_started':
      return ['hedge.started', { 'penstock.delay_ms': event.delayMs }];
    case 'hedge_refused':
      return ['hedge.refused', { 'penstock.reason': event.because, 'penstock.delay_ms': event.delayMs }];
    case 'hedge_finished':
      return ['hedge.finished', { 'penstock.won': event.won }];
    case 'balance_ejected':
    case 'balance_restored':
    case 'coalesce_finished':
    case 'concurrency_limit_changed':
    case 'stale_evicted':
      return undefined;
    default:
      return event satisfies never;
  }
}

// A client that takes answers of any age says Infinity, which no exporter can write.
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);
