import { checkChoice, checkMode } from '../mode.ts';
import { checkNames, refuse } from '../validate.ts';
import { FALLBACK_DEFAULTS } from './defaults.ts';
import type { FallbackOptions } from './options.ts';

const KINDS = ['transient', 'unknown', 'permanent'] as const satisfies FallbackOptions['kinds'];

/** Given options over the defaults; a RangeError names what does not fit. */
export function resolveFallback(given: Partial<FallbackOptions> = {}): FallbackOptions {
  checkNames('fallback', given, FALLBACK_DEFAULTS);
  const options = { ...FALLBACK_DEFAULTS, ...given };
  checkList('fallback.kinds', options.kinds);
  for (const kind of options.kinds) checkChoice('fallback.kinds', KINDS, kind);
  checkList('fallback.neutralReasons', options.neutralReasons);
  // A client that has gone needs no reply.
  if (options.neutralReasons.includes('cancelled')) refuse('fallback.neutralReasons', 'without cancelled', 'cancelled');
  checkMode('fallback', options.mode);
  return Object.freeze(options);
}

function checkList(option: string, list: unknown): void {
  if (!Array.isArray(list) || list.some((each) => typeof each !== 'string')) refuse(option, 'one of lists of strings', list);
}
