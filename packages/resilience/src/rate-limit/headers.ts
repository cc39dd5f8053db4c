import type { RateDecision, RateQuota } from './gcra.ts';

/** Values of the two fields. */
export interface RateLimitFields {
  readonly 'ratelimit-policy': string;
  readonly ratelimit: string;
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);

/**
 * `RateLimit-Policy` and `RateLimit` as in draft-ietf-httpapi-ratelimit-headers-10: quota and window, what is left and
 * the seconds until it is whole again. `policy` names the quota: letters, digits, `-` and `_`.
 */
export function rateLimitFields(policy: string, { limit, windowMs }: RateQuota, decision: RateDecision): RateLimitFields {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(policy)) {
    throw new RangeError(`a rate limit's policy must be letters, digits, - and _, got ${JSON.stringify(policy)}`);
  }
  return {
    'ratelimit-policy': `"${policy}";q=${limit};w=${seconds(windowMs)}`,
    ratelimit: `"${policy}";r=${decision.remaining};t=${seconds(decision.resetMs)}`,
  };
}
