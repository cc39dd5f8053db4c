import { orNone, rate, ratio } from '../dashboards/promql.ts';
import type { RecordingRule, RuleGroup } from './rule.ts';

const outcomes = (status: string): string =>
  rate('circuit_breaker_calls_total', { by: ['breaker_name'], where: { status }, over: '5m' });
const failed = outcomes('="failure"');
const counted = outcomes('=~"success|failure"');

/** Share of the calls that failed, of those that moved the breaker. */
export const CALL_FAILURES = {
  record: 'breaker_name:circuit_breaker_calls:failure_ratio_rate5m',
  expr: ratio(orNone(failed, counted), counted),
} as const satisfies RecordingRule;

const misses = rate('semcache_misses_total', { over: '30m' });
const hits = orNone(rate('semcache_hits_total', { over: '30m' }), misses);

/** Analyses per second that were looked up in the result cache. */
export const CACHE_LOOKUPS = {
  record: 'semcache_lookups:rate30m',
  expr: `${hits} + ${misses}`,
} as const satisfies RecordingRule;

/** Share of them that were answered from it. */
export const CACHE_HITS = {
  record: 'semcache_hits:ratio_rate30m',
  expr: `${hits} / (${hits} + ${misses})`,
} as const satisfies RecordingRule;

export const recorded = (): RuleGroup => ({ name: 'recorded', rules: [CALL_FAILURES, CACHE_LOOKUPS, CACHE_HITS] });
