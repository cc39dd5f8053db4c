import { gauge, increase, observed, rate } from '../dashboards/promql.ts';
import { SERVED } from '../dashboards/rows/golden-signals.ts';
import { CACHE_HITS, CACHE_LOOKUPS, CALL_FAILURES } from './recorded.ts';
import type { Alert, RuleGroup } from './rule.ts';

const services: readonly Alert[] = [
  {
    alert: 'ServiceDown',
    expr: 'up{job=~"gateway|engine"} == 0',
    // Longer than a restart with its drain, and than BreakerOpen: who hears of both hears first what clients feel.
    for: '2m',
    severity: 'critical',
    summary: 'The {{ $labels.job }} {{ $labels.instance }} has not answered Prometheus for 2 minutes.',
  },
  {
    alert: 'DrainStuck',
    expr: `${gauge('drain_state', { by: ['job', 'instance'], fold: 'max' })} == 1`,
    for: '2m',
    severity: 'warning',
    summary: 'The {{ $labels.job }} {{ $labels.instance }} has been draining for 2 minutes and still answers.',
  },
  {
    alert: 'EventLoopOverloaded',
    expr: `${rate('shed_total', { by: ['job', 'instance'], where: { reason: '="event_loop"' }, over: '5m' })} > 0`,
    for: '1m',
    severity: 'warning',
    summary:
      'The {{ $labels.job }} {{ $labels.instance }} refuses {{ $value | printf "%.2f" }} requests/s because its event loop is late.',
  },
  {
    alert: 'TraceExportFailing',
    expr: `${rate('telemetry_problems_total', { by: ['job'], where: { problem: '=~"export_failed|spans_dropped"' }, over: '5m' })} > 0`,
    for: '5m',
    severity: 'warning',
    summary: 'The {{ $labels.job }} loses {{ $value | printf "%.1f" }} spans/s: the exporter cannot deliver them.',
  },
  {
    alert: 'LogLinesLost',
    expr: `${rate('log_lines_dropped_total', { by: ['job', 'instance'], over: '5m' })} > 0`,
    // Longer than one burst stays in the range: what the buffer could not bridge once is told in the log itself.
    for: '5m',
    severity: 'warning',
    summary:
      'The {{ $labels.job }} {{ $labels.instance }} loses {{ $value | printf "%.1f" }} log lines/s: what reads its standard output is gone or too slow.',
  },
];

const shed = rate('shed_total', { by: ['job', 'reason'], where: { reason: '!="event_loop"' }, over: '5m' });
const served = observed('http_server_request_duration_seconds', { by: ['job'], where: { route: SERVED }, over: '5m' });

const resilience: readonly Alert[] = [
  {
    alert: 'BreakerOpen',
    // Half-open is not closed: a trial that fails opens it again.
    expr: `${gauge('circuit_breaker_state', { by: ['breaker_name'], fold: 'max' })} > 0`,
    for: '1m',
    severity: 'critical',
    summary: 'The breaker of {{ $labels.breaker_name }} has not been closed for a minute: calls to it are refused.',
  },
  {
    alert: 'EngineCallsFailing',
    expr: `${CALL_FAILURES.record} > 0.1`,
    for: '5m',
    severity: 'warning',
    summary: '{{ $value | humanizePercentage }} of the calls to {{ $labels.breaker_name }} fail after all their attempts.',
  },
  {
    alert: 'ConsecutiveFailures',
    expr: `${gauge('circuit_breaker_consecutive_failures', { by: ['breaker_name'], fold: 'max' })} > 3`,
    severity: 'warning',
    summary: '{{ $value }} calls to {{ $labels.breaker_name }} in a row have failed.',
  },
  {
    alert: 'EngineEjected',
    expr: `${increase('balance_changes_total', { by: ['engine'], where: { change: '="ejected"' }, over: '30m' })} > 2.5`,
    severity: 'warning',
    summary: '{{ $labels.engine }} was ejected {{ $value | printf "%.0f" }} times in 30 minutes.',
  },
  {
    alert: 'RetryBudgetExhausted',
    expr: `${rate('retries_refused_total', { where: { reason: '="budget"' }, over: '5m' })} > 0`,
    for: '2m',
    severity: 'warning',
    summary: '{{ $value | printf "%.2f" }} failed attempts/s are not repeated because the retry budget is used up.',
  },
  {
    alert: 'WorkShed',
    expr: `${shed} / on (job) group_left () ${served} > 0.01`,
    for: '5m',
    severity: 'warning',
    summary: 'The {{ $labels.job }} refuses work ({{ $labels.reason }}): {{ $value | humanizePercentage }} of its requests.',
  },
  {
    alert: 'PoolSaturated',
    expr: `${gauge('connection_pool_pending', { by: ['client_name'], fold: 'max' })} > 0`,
    for: '2m',
    severity: 'warning',
    summary: '{{ $value }} attempts wait for a connection to {{ $labels.client_name }}, and some have for 2 minutes.',
  },
  {
    alert: 'SharedStateAway',
    expr: `${gauge('shared_state_up', { by: ['instance'], fold: 'min' })} == 0`,
    for: '1m',
    severity: 'critical',
    summary: 'The gateway {{ $labels.instance }} cannot reach its Redis: requests with an Idempotency-Key are refused.',
  },
];

const cache: readonly Alert[] = [
  {
    alert: 'CacheHitRateLow',
    // Ten lookups in the range: of fewer the share says nothing.
    expr: `${CACHE_HITS.record} < 0.2 and ${CACHE_LOOKUPS.record} * 1800 >= 10`,
    for: '30m',
    severity: 'warning',
    summary: 'Only {{ $value | humanizePercentage }} of the analyses are answered from the result cache.',
  },
  {
    alert: 'CacheNearlyFull',
    expr: `${gauge('semcache_fill_ratio', { by: ['instance'], fold: 'max' })} > 0.9`,
    for: '15m',
    severity: 'warning',
    summary: 'The result cache of {{ $labels.instance }} holds {{ $value | humanizePercentage }} of its bound.',
  },
];

export const alerts = (): RuleGroup[] => [
  { name: 'services', rules: services },
  { name: 'resilience', rules: resilience },
  { name: 'cache', rules: cache },
];
