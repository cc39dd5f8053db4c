import type { ErrorCode } from '@penstock/contracts';
import type { Metrics } from '@penstock/telemetry';

/** Rows of the error table that mean: refused by validation, before any work was done. */
const REJECTIONS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_json',
  'invalid_request',
  'invalid_header',
  'invalid_analysis',
  'dataset_unreadable',
  'payload_too_large',
  'uri_too_long',
  'headers_too_large',
  'unsupported_media_type',
]);

/** Counts an error reply by its row, and as a refusal or a passed deadline where it is one. */
export function countProblem({ series, hours, enabled }: Metrics, code: ErrorCode): void {
  if (!enabled) return;
  hours.error(code);
  series.error_reasons_total.inc({ code });
  if (code === 'deadline_exceeded') series.deadline_exceeded_total.inc();
  if (REJECTIONS.has(code)) series.reject_total.inc({ reason: code });
}
