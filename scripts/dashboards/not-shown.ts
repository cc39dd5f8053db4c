import type { SeriesName } from './promql.ts';

/** Series that no dashboard shows, each with the reason. docs/metrics.md lists them. */
export const NOT_SHOWN: Readonly<Partial<Record<SeriesName, string>>> = Object.freeze({
  telemetry_problems_total:
    'Of concern to whoever sets telemetry up, not to those who look at requests; one line in the log tells each',
  log_lines_dropped_total: 'Told by an alert, and in the log once it is read again; 0 wherever something reads it',
  trace_tail_traces_total: 'For choosing TRACE_SLOW_MS and the sampling ratio; 0 at a ratio of 1',
  trace_tail_spans_total: 'The same, by span; full and expired spans are missing in traces, never in requests',
  trace_tail_spans_held: 'The same: a buffer of telemetry, bounded',
  trace_tail_told_total: 'The same: messages from gateway to engine about traces',
  faults_injected_total: '0 in production, which refuses fault injection',
  shadow_decisions_total: 'Looked at while a policy is tried out in shadow mode, beside what it would change',
  idempotency_leases_lost_total: 'Rare, and told in the log with the request',
  policy_store_failures_total: 'Follows from shared_state_up, and tells which commands failed',
  shared_state_up: 'One value for each gateway, in /health and GET /api/resilience',
  stale_evictions_total: 'For choosing STALE_MAX_BYTES and STALE_MAX_AGE_MS, not for watching',
  file_size_processed_bytes: 'For choosing the disk and WORKER_MEMORY_MB, not for watching',
  config_reloads_total: 'A reload is answered where it was asked for, and told in the log',
});
