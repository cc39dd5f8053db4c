import {
  BreakerOpenError,
  BulkheadFullError,
  DeadlineExceededError,
  IdempotencyError,
  OverloadedError,
  RateLimitedError,
  RetriesExhaustedError,
  ThrottledError,
} from '@penstock/resilience';

/** What a refusal rests on: counts, limits, classes of low cardinality. */
export type Evidence = Readonly<Record<string, string | number>>;

/** What the refusal of a policy rests on; undefined for any other error. */
export function evidenceOf(error: unknown): Evidence | undefined {
  if (error instanceof BreakerOpenError) {
    const { lastReason, ...counts } = error.evidence;
    return { ...counts, ...(lastReason !== null && { lastReason }) };
  }
  if (error instanceof DeadlineExceededError) {
    const { whose, totalMs, attempts, floorMs } = error;
    return { whose, totalMs, attempts, ...(floorMs !== undefined && { floorMs }) };
  }
  if (error instanceof RetriesExhaustedError) return evidenceOf(error.cause) ?? ofRetries(error);
  if (error instanceof BulkheadFullError) {
    const { because, inFlight, queued } = error;
    return { because, inFlight, queued };
  }
  if (error instanceof OverloadedError) {
    const { priority, inFlight, limit } = error;
    return { priority, inFlight, limit };
  }
  if (error instanceof ThrottledError) return { probability: error.probability };
  if (error instanceof IdempotencyError) return { because: error.because };
  if (error instanceof RateLimitedError)
    return { limit: error.limit, windowMs: error.windowMs, remaining: error.decision.remaining };
  return undefined;
}

const ofRetries = ({ attempts, verdict, refusal }: RetriesExhaustedError): Evidence => ({
  attempts,
  reason: verdict.reason,
  ...(refusal !== undefined && { refusal }),
});

const DECIMALS = 1000;

/** `consecutiveFailures=5, failureRatio=0.333`: ASCII, without quotes, for a header and a span alike. */
export function evidenceText(evidence: Evidence): string {
  const shown = (value: string | number): string =>
    typeof value === 'number' ? String(Math.round(value * DECIMALS) / DECIMALS) : value.replaceAll(/[^\x20-\x7e]|["\\]/g, '?');
  return Object.entries(evidence)
    .map(([name, value]) => `${name}=${shown(value)}`)
    .join(', ');
}
