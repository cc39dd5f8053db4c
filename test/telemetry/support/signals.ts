/** Which service emits what, and who calls whom: what a run of both services is compared with. */

export type Service = 'gateway' | 'engine';
export const SERVICES = ['gateway', 'engine'] as const satisfies readonly Service[];

interface Signal {
  /** span: kind and name; series: name; log: what its message begins with. */
  readonly kind: 'span' | 'series' | 'log';
  readonly name: string;
  readonly by: readonly Service[];
}

const row =
  (kind: Signal['kind']) =>
  (name: string, ...by: readonly Service[]): Signal => ({ kind, name, by });
const span = row('span');
const series = row('series');
const log = row('log');

const SIGNALS: readonly Signal[] = [
  // All spans that there are.
  span('server {method} {route}', 'gateway', 'engine'),
  span('client {method} {route}', 'gateway'),
  span('client CACHE GET', 'engine'),
  span('client SELECT', 'engine'),
  span('client load columns', 'engine'),
  span('internal queue wait', 'engine'),
  span('internal estimator {name}', 'engine'),
  span('internal figures', 'engine'),
  span('client INSERT', 'engine'),

  series('http_server_request_duration_seconds', 'gateway', 'engine'),
  series('inflight_requests', 'gateway', 'engine'),
  series('error_reasons_total', 'gateway', 'engine'),
  series('reject_total', 'gateway', 'engine'),
  series('drain_state', 'gateway', 'engine'),
  series('service_uptime_seconds', 'gateway', 'engine'),
  series('http_client_request_duration_seconds', 'gateway'),
  series('gateway_calls_total', 'gateway'),
  series('circuit_breaker_state', 'gateway'),
  series('circuit_breaker_calls_total', 'gateway'),
  series('circuit_breaker_transitions_total', 'gateway'),
  series('orchestrator_retry_total', 'gateway'),
  series('retry_budget_tokens', 'gateway'),
  series('hedges_total', 'gateway'),
  series('hedged_calls_total', 'gateway'),
  series('balance_exhausted_total', 'gateway'),
  series('connection_pool_requests_total', 'gateway'),
  series('concurrency_limit', 'gateway', 'engine'),
  series('coalesced_total', 'gateway', 'engine'),
  series('shed_total', 'gateway', 'engine'),
  series('faults_injected_total', 'engine'),
  series('semcache_hits_total', 'engine'),
  series('semcache_misses_total', 'engine'),
  series('estimator_outcomes_total', 'engine'),
  series('estimator_duration_seconds', 'engine'),
  series('worker_active_jobs', 'engine'),
  series('worker_task_wait_seconds', 'engine'),
  series('drawing_success_total', 'engine'),

  log('POST /api/analyze/comprehensive 200 in ', 'gateway', 'engine'),
  log('Received signal SIGTERM, initiating shutdown', 'gateway', 'engine'),
  log('Waiting for in-flight requests', 'gateway', 'engine'),
  log('Aborting requests that did not finish in time', 'gateway'),
  log('Shutting down gracefully', 'gateway', 'engine'),
  log('[Retry] Attempt 1/3 failed: ', 'gateway'),
  log('Circuit breaker OPEN for ', 'gateway'),
  log('Circuit breaker HALF-OPEN for ', 'gateway'),
  log('Circuit breaker CLOSED for ', 'gateway'),
  log('[Fault] Injected ', 'engine'),
  log('A worker thread failed; another takes its place', 'engine'),
];

/** Calls between services: the routes that the gateway calls in the run. Nobody calls the gateway, and the engine nobody. */
export const EDGES: readonly { readonly from: Service; readonly to: Service; readonly routes: readonly string[] }[] = [
  {
    from: 'gateway',
    to: 'engine',
    routes: ['GET /api/datasets', 'GET /api/estimators', 'POST /api/analyze/comprehensive'],
  },
];

export const namesOf = (kind: Signal['kind'], service: Service): string[] =>
  SIGNALS.filter((signal) => signal.kind === kind && signal.by.includes(service)).map(({ name }) => name);

/** Names in the table that are another service's alone. */
export const foreignNamesOf = (kind: Signal['kind'], service: Service): string[] =>
  SIGNALS.filter((signal) => signal.kind === kind && !signal.by.includes(service)).map(({ name }) => name);
