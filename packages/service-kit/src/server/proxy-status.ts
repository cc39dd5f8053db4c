import type { ErrorCode, ProblemError } from '@penstock/contracts';
import { evidenceOf, evidenceText } from '@penstock/telemetry';

/** Rows of the error table with a more telling error type of RFC 9209 than an error of the proxy itself. */
const PROXY_ERROR_TYPES: Readonly<Partial<Record<ErrorCode, string>>> = {
  circuit_open: 'destination_unavailable',
  engine_unavailable: 'destination_unavailable',
  overloaded: 'destination_unavailable',
  draining: 'destination_unavailable',
  deadline_exceeded: 'connection_read_timeout',
  bad_engine_reply: 'http_protocol_error',
  idempotency_conflict: 'http_request_denied',
  idempotency_mismatch: 'http_request_denied',
  rate_limited: 'http_request_denied',
};

/** A layer's refusal, or a failure on the way: what `Proxy-Status` and a span event tell of. */
export interface Refusal {
  readonly layer: string;
  /** What the refusal rests on, as text; empty where nothing but its code is to be said. */
  readonly evidence: string;
}

/** The refusal that a problem tells of; undefined for what is the request's own fault. */
export function refusalOf({ code, status, options }: ProblemError, service: string): Refusal | undefined {
  if (status < 500 && PROXY_ERROR_TYPES[code] === undefined) return undefined;
  const evidence = options.evidence ?? evidenceOf(options.cause);
  return { layer: options.layer ?? service, evidence: evidence === undefined ? '' : evidenceText(evidence) };
}

/** The field of RFC 9209: which intermediary refused, and why. */
export function proxyStatus(service: string, code: ErrorCode, { layer, evidence }: Refusal): string {
  const type = PROXY_ERROR_TYPES[code] ?? 'proxy_internal_error';
  const why = evidence === '' ? '' : ` (${evidence})`;
  return `${service}; error=${type}; details="${layer}: ${code}${why}"`;
}
