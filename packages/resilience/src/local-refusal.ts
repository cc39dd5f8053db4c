/**
 * A refusal of our own: nothing was sent, so it says nothing about the engine and is neutral to the breaker.
 * Every subclass names its layer.
 */
export abstract class LocalRefusalError extends Error {
  /** The layer that refused, as in the start line. */
  readonly layer: string;
  /** Milliseconds after which it makes sense to ask again, where that is known. */
  readonly retryAfterMs: number | undefined;

  /** Number of the attempt that was refused, from 1: attempts of the call before it have failed where it is above. */
  readonly attempt: number;

  constructor(layer: string, message: string, retryAfterMs?: number, attempt = 1) {
    super(message);
    this.layer = layer;
    this.retryAfterMs = retryAfterMs;
    this.attempt = attempt;
  }
}
