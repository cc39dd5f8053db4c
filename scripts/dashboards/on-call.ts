import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from './dashboard.ts';
import { toDashboard, toTraces } from './links.ts';
import { MARKS } from './marks.ts';
import { DRAIN_STATES, type Panel, stat } from './panels.ts';
import { gauge } from './promql.ts';
import { errorShare, gatewayLatency, requestRate } from './rows/golden-signals.ts';
import { poolUse } from './rows/pool-and-cache.ts';
import { breaker, retryBudget } from './rows/resilience.ts';

const inThisState = (): Panel =>
  stat({
    title: 'Breaker in this state for',
    description: 'Time since the last change of state; of a breaker that never changed, since the start of the gateway.',
    unit: 's',
    queries: [
      [
        '{{breaker_name}}',
        `time() - ${gauge('circuit_breaker_last_state_change_timestamp', { by: ['breaker_name'], fold: 'max' })}`,
      ],
    ],
  });

const drain = (): Panel =>
  stat({
    title: 'Drain',
    description: 'Draining: answers what it has, takes nothing new, and ends within DRAIN_TIMEOUT_MS.',
    unit: 'none',
    queries: [['{{job}}', gauge('drain_state', { by: ['job'], fold: 'max' })]],
    states: DRAIN_STATES,
  });

const uptime = (): Panel =>
  stat({
    title: 'Uptime',
    description: 'Since the last start of each service. Short where nobody deployed, it crashed.',
    unit: 's',
    queries: [['{{job}}', gauge('service_uptime_seconds', { by: ['job'], fold: 'max' })]],
  });

/** What whoever is called at night has to see first. */
export const onCall = (): Dashboard =>
  dashboard({
    uid: 'penstock-on-call',
    title: 'Penstock, on call',
    description: 'The four golden signals, breaker, retry budget and drain. Runbooks: docs/operations.md.',
    rows: [
      { title: 'What clients see', panels: [requestRate(), errorShare(), gatewayLatency()] },
      { title: 'What stands between', panels: [poolUse(), retryBudget(), breaker()] },
      { title: 'What the services do', panels: [inThisState(), drain(), uptime()] },
    ],
    links: [toDashboard('Everything', 'penstock'), toTraces('gateway')],
    marks: MARKS,
  });
