import { counter } from './define.ts';

export const HEDGE_SERIES = {
  hedges_total: counter('Second attempts sent because the first one was late'),
  hedged_calls_total: counter('Hedged calls by whose answer came first: first, second or neither', 'won'),
  hedges_refused_total: counter('Late attempts that no second one was sent for', 'reason'),
} as const;
