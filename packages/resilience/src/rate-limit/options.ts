import type { Mode } from '../mode.ts';

export interface RateLimitOptions {
  /** What a client may ask for in one window. Requests, 1–10,000,000. Default 600. */
  readonly limit: number;
  /** ms, 1000–86,400,000. Default 60,000. */
  readonly windowMs: number;
  /** What of it a client may ask for at once. Requests, 1–10,000,000. Default 100. */
  readonly burst: number;
  /** `allow` every call, or `refuse` it. Default `allow`. */
  readonly whenStoreFails: 'allow' | 'refuse';
  /** Default `enforce`. */
  readonly mode: Mode;
}
