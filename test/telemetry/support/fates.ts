import type { Seen } from './counting-client.ts';

/** What became of a request: exactly one of these. */
export type Fate =
  /** Answered or refused by the gateway itself, before anything of the engine's is asked for. */
  | 'gateway'
  | 'rate_limited'
  /** Refused because the gateway's own event loop was late. */
  | 'shed'
  /** Refused by the layer of Idempotency-Keys. */
  | 'conflict'
  | 'replayed'
  | 'coalesced'
  /** Refused by the client-side throttle: a call, but none that the breaker is asked about. */
  | 'throttled'
  /** A call, by what it was to the breaker. */
  | 'success'
  | 'failure'
  | 'neutral'
  | 'rejected';

const OF_CODE: Readonly<Record<string, Fate>> = {
  rate_limited: 'rate_limited',
  idempotency_conflict: 'conflict',
  idempotency_mismatch: 'conflict',
  circuit_open: 'rejected',
  engine_unavailable: 'failure',
  // The clients shortened the deadline.
  deadline_exceeded: 'neutral',
  client_closed_request: 'neutral',
};
const OF_LAYER: Readonly<Record<string, Fate>> = {
  admission: 'shed',
  throttle: 'throttled',
  concurrency: 'neutral',
  bulkhead: 'neutral',
};

export function fateOf({ asked, code, layer, headers }: Seen): Fate {
  if (asked.known === 'gateway') return 'gateway';
  if (asked.known === 'joined') return 'coalesced';
  if (asked.known === 'stale') return 'rejected';
  if (headers['idempotency-replayed'] === 'true') return 'replayed';
  if (code === 'overloaded') return OF_LAYER[layer ?? ''] ?? 'failure';
  return OF_CODE[code ?? ''] ?? 'success';
}

/** How many of each, those that never happened left out. */
export function countBy<T>(all: readonly T[], keyOf: (each: T) => string | number | undefined): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const each of all) {
    const key = keyOf(each);
    if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
