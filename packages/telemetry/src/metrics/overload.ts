import { counter, gauge } from './define.ts';

/** What both services do against too much work. */
export const OVERLOAD_SERIES = {
  shed_total: counter(
    'Work refused at once because there was too much of it, each refusal counted where it was made; priority is any where it was not looked at',
    'reason',
    'priority',
  ),
  coalesced_total: counter('Requests that ended with the execution of an equal one and never started their own'),
  concurrency_limit: gauge('Work that may be under way at once, as the adaptive limit allows now', 'limit_name'),
} as const;
