import type { Verdict } from '../policy.ts';

/** What a call came to, and where from: nothing that stands in for the engine's answer can be taken for it. */
export type Delivered<R> =
  | { readonly kind: 'answer'; readonly value: R }
  /** The answer to an earlier request with the same Idempotency-Key. */
  | { readonly kind: 'replayed'; readonly value: R; readonly ageMs: number }
  | { readonly kind: 'cached'; readonly value: R; readonly ageMs: number }
  /** An earlier answer, because the engine has none now. */
  | { readonly kind: 'stale'; readonly value: R; readonly ageMs: number; readonly because: Verdict }
  /** Made by the fallback hook. */
  | { readonly kind: 'fallback'; readonly value: R; readonly because: Verdict };
