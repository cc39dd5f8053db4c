import { counter, gauge } from './define.ts';

export const TAIL_SERIES = {
  trace_tail_traces_total: counter(
    'Traces that were not sampled and are kept by the tail rule, by the first reason seen: error, failed_attempt, retried, hedged, transition, slow, linked (a kept one shares its answer), or told by the gateway',
    'reason',
  ),
  trace_tail_spans_total: counter(
    'Spans of traces that were not sampled: kept, dropped, expired (nobody said within 10 s that the trace is kept) or full (no room to hold them)',
    'result',
  ),
  trace_tail_spans_held: gauge('Spans of traces that were not sampled, held until it is known whether they are kept'),
} as const;

export const TOLD_SERIES = {
  trace_tail_told_total: counter(
    'Traces that an engine was to keep its half of: told, or lost with what the message had said',
    'result',
  ),
} as const;
