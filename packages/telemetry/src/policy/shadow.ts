import type { PolicyEvent } from '@penstock/resilience';

/** What a policy in shadow mode would have done, low cardinality. */
export interface ShadowDecided {
  readonly policy: string;
  readonly would: string;
}

type Shadowable = Extract<PolicyEvent, { readonly shadow: boolean }>;

const DECISIONS = {
  bulkhead_queued: { policy: 'bulkhead', would: 'queue' },
  bulkhead_refused: { policy: 'bulkhead', would: 'refuse' },
  throttle_refused: { policy: 'throttle', would: 'refuse' },
  concurrency_shed: { policy: 'concurrency', would: 'shed' },
  hedge_started: { policy: 'hedge', would: 'start' },
  hedge_refused: { policy: 'hedge', would: 'refuse' },
  coalesce_joined: { policy: 'coalesce', would: 'join' },
  stale_served: { policy: 'stale', would: 'serve' },
  fallback_used: { policy: 'fallback', would: 'use' },
  balance_picked: { policy: 'balance', would: 'pick' },
  rate_limited: { policy: 'rate-limit', would: 'refuse' },
} as const satisfies Record<Exclude<Shadowable['type'], 'idempotency_decided'>, ShadowDecided>;

/** The decision of an event that was told and not carried out; undefined for whatever really happened. */
export function shadowOf(event: PolicyEvent): ShadowDecided | undefined {
  if (event.type === 'shadow_decision') return event;
  if (!('shadow' in event) || event.shadow !== true) return undefined;
  if (event.type === 'breaker_transition') return { policy: 'breaker', would: event.to };
  if (event.type === 'idempotency_decided') return { policy: 'idempotency', would: event.decision };
  return DECISIONS[event.type];
}
