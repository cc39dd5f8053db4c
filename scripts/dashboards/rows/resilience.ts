import { BREAKER_STATES, graph, type Panel, stat, stateHistory } from '../panels.ts';
import { gauge, rate } from '../promql.ts';

export const breaker = (): Panel =>
  stat({
    title: 'Breaker',
    description: 'One for each engine. OPEN: calls are refused at once, and the readiness of the engine is asked.',
    unit: 'none',
    queries: [['{{breaker_name}}', gauge('circuit_breaker_state', { by: ['breaker_name'], fold: 'max' })]],
    states: BREAKER_STATES,
  });

const breakerHistory = (): Panel =>
  stateHistory({
    title: 'Breaker, history',
    description: 'When each breaker was open and half-open. The marks in all panels are its changes.',
    queries: [['{{breaker_name}}', gauge('circuit_breaker_state', { by: ['breaker_name'], fold: 'max' })]],
    states: BREAKER_STATES,
  });

const callsByBreaker = (): Panel =>
  graph({
    title: 'Calls by the breaker',
    description:
      'What the breaker made of calls: success, failure, neutral (the client left, or a local refusal), rejected (open).',
    unit: 'reqps',
    queries: [['{{breaker_name}} {{status}}', rate('circuit_breaker_calls_total', { by: ['breaker_name', 'status'] })]],
  });

const failuresInARow = (): Panel =>
  graph({
    title: 'Failures in a row',
    description: 'Failed calls in a row; BREAKER_THRESHOLD of them (5 by default) open the breaker.',
    unit: 'short',
    queries: [['{{breaker_name}}', gauge('circuit_breaker_consecutive_failures', { by: ['breaker_name'], fold: 'max' })]],
    thresholds: { warn: 3, alarm: 5 },
  });

const readiness = (): Panel =>
  graph({
    title: 'Readiness of broken engines',
    description:
      'Answers per second to the question that an open breaker asks its engine. The first good one lets calls through again.',
    unit: 'reqps',
    queries: [['{{breaker_name}} {{answer}}', rate('readiness_probes_total', { by: ['breaker_name', 'answer'] })]],
  });

const callsByOutcome = (): Panel =>
  graph({
    title: 'Calls by outcome',
    description: 'Calls of clients to the engine, each counted once, however many attempts it took.',
    unit: 'reqps',
    queries: [['{{outcome}}', rate('gateway_calls_total', { by: ['outcome'] })]],
  });

const retries = (): Panel =>
  graph({
    title: 'Retries',
    description: 'Further attempts by the failure that caused them, and failed attempts that none followed, by what forbade it.',
    unit: 'ops',
    queries: [
      ['after {{reason}}', rate('orchestrator_retry_total', { by: ['reason'] })],
      ['none: {{reason}}', rate('retries_refused_total', { by: ['reason'] })],
    ],
  });

export const retryBudget = (): Panel =>
  graph({
    title: 'Retry budget',
    description: 'Tokens for retries and hedges, filled by success. At 0 failures are handed on instead of tried again.',
    unit: 'short',
    queries: [['tokens', gauge('retry_budget_tokens')]],
  });

const hedges = (): Panel =>
  graph({
    title: 'Hedges',
    description:
      'Second attempts because the first was late, whose answer came first, and late attempts without a second, by reason.',
    unit: 'ops',
    queries: [
      ['sent', rate('hedges_total')],
      ['won by {{won}}', rate('hedged_calls_total', { by: ['won'] })],
      ['none: {{reason}}', rate('hedges_refused_total', { by: ['reason'] })],
    ],
  });

const refused = (): Panel =>
  graph({
    title: 'Refused at once',
    description:
      'Too much work, by what found so; quotas used up; deadlines passed; no engine that takes calls; invalid requests.',
    unit: 'reqps',
    queries: [
      ['{{job}} {{reason}} ({{priority}})', rate('shed_total', { by: ['job', 'reason', 'priority'] })],
      ['quota', rate('rate_limited_total')],
      ['{{job}} deadline', rate('deadline_exceeded_total', { by: ['job'] })],
      ['no engine', rate('balance_exhausted_total')],
      ['{{job}} invalid: {{reason}}', rate('reject_total', { by: ['job', 'reason'] })],
    ],
  });

const shared = (): Panel =>
  graph({
    title: 'Answered without work of its own',
    description:
      'Requests that shared the execution of an equal one, got the answer of their Idempotency-Key, or an earlier answer while the engine had none.',
    unit: 'reqps',
    queries: [
      ['{{job}} coalesced', rate('coalesced_total', { by: ['job'] })],
      ['key: {{decision}}', rate('idempotency_requests_total', { by: ['decision'] })],
      ['stale', rate('stale_served_total')],
    ],
  });

export const resilience = () => ({
  title: 'Resilience',
  panels: [
    breaker(),
    breakerHistory(),
    callsByBreaker(),
    failuresInARow(),
    readiness(),
    callsByOutcome(),
    retries(),
    retryBudget(),
    hedges(),
    refused(),
    shared(),
  ],
});
