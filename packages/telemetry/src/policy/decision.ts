import type { PolicyEvent } from '@penstock/resilience';

/** What an event says about one policy's decision, low cardinality; undefined for events that tell of none. */
export interface Decision {
  readonly policy: string;
  readonly decision: string;
  readonly shadow: boolean;
}

const of = (policy: string, decision: string, shadow = false): Decision => ({ policy, decision, shadow });

export function decisionOf(event: PolicyEvent): Decision | undefined {
  switch (event.type) {
    case 'bulkhead_queued':
      return of('bulkhead', 'queue', event.shadow);
    case 'bulkhead_refused':
      return of('bulkhead', 'refuse', event.shadow);
    case 'throttle_refused':
      return of('throttle', 'refuse', event.shadow);
    case 'concurrency_shed':
      return of('concurrency', 'shed', event.shadow);
    case 'hedge_started':
      return of('hedge', 'start', event.shadow);
    case 'hedge_refused':
      return of('hedge', 'refuse', event.shadow);
    case 'coalesce_joined':
      return of('coalesce', 'join', event.shadow);
    case 'stale_served':
      return of('stale', 'serve', event.shadow);
    case 'fallback_used':
      return of('fallback', 'use', event.shadow);
    case 'idempotency_decided':
      return of('idempotency', event.decision, event.shadow);
    case 'idempotency_store_failed':
      return of('idempotency', 'store_failed');
    case 'rate_limited':
      return of('rate-limit', 'refuse', event.shadow);
    case 'rate_limit_store_failed':
      return of('rate-limit', 'store_failed');
    case 'shadow_decision':
      return of(event.policy, event.would, true);
    default:
      return undefined;
  }
}
