/** What a client may do. */
export interface RateQuota {
  /** Requests per window. */
  readonly limit: number;
  /** ms. */
  readonly windowMs: number;
  /** Requests at once. */
  readonly burst: number;
}

export interface RateDecision {
  readonly allowed: boolean;
  /** Requests that would be allowed at once after this one. */
  readonly remaining: number;
  /** Milliseconds until everything is allowed again. */
  readonly resetMs: number;
  /** Milliseconds until this request would be allowed; 0 if it is, Infinity if its cost exceeds the burst. */
  readonly retryAfterMs: number;
}

// Sums of intervals that are no binary fractions miss whole requests by rounding. As a share of a request.
const ROUNDING = 1e-6;

/** The numbers of one request, ms: it is allowed where what is owed with it exceeds the tolerance by no more than the slack. */
export interface GcraTerms {
  /** Between two requests of the rate. */
  readonly interval: number;
  /** What a client may owe. */
  readonly tolerance: number;
  /** What this request adds to what it owes. */
  readonly added: number;
  readonly slack: number;
}

export function gcraTerms({ limit, windowMs, burst }: RateQuota, cost: number): GcraTerms {
  const interval = windowMs / limit;
  return { interval, tolerance: interval * burst, added: cost * interval, slack: interval * ROUNDING };
}

/**
 * The generic cell rate algorithm (ITU-T I.371, annex A): one number per client, the theoretical arrival time `tat`
 * (ms, on the clock of `now`) at which its quota is whole again. Undefined stands for a client not seen.
 */
export function gcra(
  tat: number | undefined,
  now: number,
  quota: RateQuota,
  cost: number,
): { readonly tat: number; readonly decision: RateDecision } {
  const { interval, tolerance, added, slack } = gcraTerms(quota, cost);
  const from = Math.max(tat ?? now, now);
  const next = from + added;
  const waitMs = next - tolerance - now;
  const retryAfterMs = cost > quota.burst ? Number.POSITIVE_INFINITY : waitMs > slack ? waitMs : 0;
  const allowed = retryAfterMs === 0;
  const after = allowed ? next : from;
  const remaining = Math.max(0, Math.floor((tolerance - (after - now)) / interval + ROUNDING));
  return { tat: after, decision: { allowed, remaining, resetMs: after - now, retryAfterMs } };
}
