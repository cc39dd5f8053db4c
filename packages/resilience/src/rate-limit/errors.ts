import { LocalRefusalError } from '../local-refusal.ts';
import type { RateDecision } from './gcra.ts';

/** The client has asked for more than it may: 429. */
export class RateLimitedError extends LocalRefusalError {
  override readonly name = 'RateLimitedError';
  override readonly retryAfterMs: number;
  readonly limit: number;
  readonly windowMs: number;
  readonly decision: RateDecision;

  constructor(limit: number, windowMs: number, decision: RateDecision) {
    super('rate-limit', `More than ${limit} requests in ${windowMs / 1000} s`);
    this.retryAfterMs = decision.retryAfterMs;
    this.limit = limit;
    this.windowMs = windowMs;
    this.decision = decision;
  }
}

/** The store of the rate limits is away, and the options say to refuse then: 503. */
export class RateLimitUnavailableError extends LocalRefusalError {
  override readonly name = 'RateLimitUnavailableError';

  constructor(cause: unknown) {
    super('rate-limit', 'Rate limits cannot be looked up', 1000);
    this.cause = cause;
  }
}
