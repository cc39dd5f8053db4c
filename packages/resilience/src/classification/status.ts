import type { Verdict } from '../policy.ts';
import { CLASSIFICATION_DEFAULTS, type ClassificationOptions } from './options.ts';
import { STATUS_CLASSES } from './table.ts';

/** The verdict on an answer. `retryAfterMs` is what its Retry-After asks for, if it has one. */
export function classifyStatus(
  status: number,
  retryAfterMs?: number,
  options: ClassificationOptions = CLASSIFICATION_DEFAULTS,
): Verdict {
  const reason = String(status);
  const kind = kindOf(status, retryAfterMs, options);
  if (kind === 'success') return { kind, reason };
  return { kind, reason, message: `the engine answered ${status}`, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function kindOf(status: number, retryAfterMs: number | undefined, options: ClassificationOptions): Verdict['kind'] {
  if (status === 408) return options.requestTimeout;
  if (status === 429) {
    if (options.tooManyRequests !== 'retry_after') return options.tooManyRequests;
    return retryAfterMs === undefined ? 'success' : 'transient';
  }
  return status < 500 ? 'success' : (STATUS_CLASSES[status] ?? 'unknown');
}
