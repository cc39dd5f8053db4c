import { counter, gauge } from './define.ts';

export const PROCESS_SERIES = {
  service_uptime_seconds: gauge('Seconds since the service started'),
  drain_state: gauge('0 serving, 1 draining'),
  telemetry_problems_total: counter(
    'What telemetry lost without touching a request: metric_failed, label_overflow, span_too_large, export_failed, spans_dropped',
    'problem',
  ),
  log_lines_dropped_total: counter('Log lines lost because nobody took them from standard output; requests never wait for it'),
} as const;
