import type { EngineReply } from '../engine/engine-reply.ts';

/** An answer and where it comes from: nothing that stands in for the engine's answer can be taken for it. */
export type Delivery =
  | {
      readonly kind: 'answer';
      readonly reply: EngineReply;
      /** Span of the request that it was computed for, where the answer is kept for later ones. */
      readonly traceparent?: string | undefined;
    }
  /** The answer to the first request with the same Idempotency-Key. */
  | { readonly kind: 'replayed'; readonly reply: EngineReply; readonly ageMs: number }
  /** An earlier answer, because the engine has none now. */
  | { readonly kind: 'stale'; readonly reply: EngineReply; readonly ageMs: number };

const seconds = (ms: number): string => String(Math.floor(ms / 1000));

/** What tells the client where its answer comes from. */
export function deliveryHeaders(delivery: Delivery): Record<string, string> {
  if (delivery.kind === 'answer') return {};
  if (delivery.kind === 'replayed') return { 'idempotency-replayed': 'true', age: seconds(delivery.ageMs) };
  // RFC 9211: from our cache, although stale, after the engine had been asked or refused.
  return { age: seconds(delivery.ageMs), 'cache-status': 'penstock-gateway; hit; fwd=stale' };
}
