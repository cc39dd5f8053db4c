import { JITTERS, type Jitter } from '../backoff/index.ts';
import { checkMode } from '../mode.ts';
import { checkNumber, type Limits, refuse, resolveNumbers } from '../validate.ts';
import { RETRY_DEFAULTS } from './defaults.ts';
import type { RetryOptions } from './options.ts';

const LIMITS = {
  attempts: { min: 1, max: 20, integer: true },
  baseMs: { min: 0, max: 3_600_000 },
  factor: { min: 1, max: 10 },
  maxMs: { min: 0, max: 3_600_000 },
} as const satisfies Record<Exclude<keyof RetryOptions, 'jitter' | 'mode'>, Limits>;

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveRetry(given: Partial<RetryOptions> = {}): RetryOptions {
  const options = resolveNumbers('retry', RETRY_DEFAULTS, given, LIMITS);
  if (options.baseMs > options.maxMs) refuse('retry.baseMs', `at most retry.maxMs (${options.maxMs})`, options.baseMs);
  checkMode('retry', options.mode);
  checkJitter(options.jitter);
  return options;
}

function checkJitter(jitter: Jitter): void {
  const kind: string | undefined = jitter?.kind;
  if (!JITTERS.some((known) => known === kind)) refuse('retry.jitter.kind', `one of ${JITTERS.join(', ')}`, kind);
  if (jitter.kind === 'proportional') checkNumber('retry.jitter.ratio', jitter.ratio, { min: 0, max: 1 });
}
