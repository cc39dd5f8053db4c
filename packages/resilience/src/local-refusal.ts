/**
 * A refusal of our own: nothing was sent, so it says nothing about the engine and is neutral to the breaker.
 * Every subclass names its layer.
 */
export abstract class LocalRefusalError extends Error {
  /** The layer that refused, as in the start line. */
  readonly layer: string;
  /** Milliseconds after which it makes sense to ask again, where that is known. */
  readonly retryAfterMs: number | undefined;

  constructor(layer: string, message: string, retryAfterMs?: number) {
    super(message);
    this.layer = layer;
    this.retryAfterMs = retryAfterMs;
  }
}
