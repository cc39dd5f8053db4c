/** Whoever executes under a key, until when. */
export interface IdempotencyClaim {
  /** What the key was used for: a hash of method, path and body. */
  readonly fingerprint: string;
  /** Names this execution, so that one that lost its lease cannot overwrite its successor. */
  readonly token: string;
  /** ms. */
  readonly leaseMs: number;
}

/** What a store found under a key. `ms` fields count from now. */
export type ClaimResult<R> =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'in_flight'; readonly fingerprint: string; readonly leaseEndsInMs: number }
  | { readonly kind: 'done'; readonly fingerprint: string; readonly response: R; readonly ageMs: number };

/** Where keys are kept. Each method is atomic; each may reject when the store is away. */
export interface IdempotencyStore<R> {
  /** Claims a free key, or says what holds it. A claim whose lease has ended, and an answer past its time, are free. */
  claim(key: string, claim: IdempotencyClaim): Promise<ClaimResult<R>>;
  /**
   * Gives the claim of a running execution its whole lease again, also where nothing holds the key any more, as in a
   * store that was started again empty. False: another execution holds it.
   */
  renew(key: string, claim: IdempotencyClaim): Promise<boolean>;
  /** Keeps the answer, if this execution still holds the key. Whether it did. */
  complete(key: string, token: string, response: R, ttlMs: number): Promise<boolean>;
  /** Frees the key, if this execution still holds it. Whether it did. */
  release(key: string, token: string): Promise<boolean>;
}
