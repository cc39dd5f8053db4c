import { type BreakerStateName, type BreakerTransition, formatRetryLine, type PolicyEvent } from '@penstock/resilience';
import type { Log } from '../log/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { decisionOf } from './decision.ts';
import { noRetryLine } from './retry-line.ts';

export interface PolicyListenerOptions {
  readonly metrics: Metrics<'gateway'>;
  readonly logger: Log;
  /** Names of the pipelines, so that their breakers' series exist, closed, from the start. */
  readonly engines: readonly string[];
  /** When the service started, milliseconds since the Unix epoch. */
  readonly startedAtMs: number;
}

const STATE_VALUE: Readonly<Record<BreakerStateName, number>> = Object.freeze({ closed: 0, open: 1, half_open: 2 });

/** What every pipeline's `onEvent` is given: turns the events of the policies into metrics and log lines. */
export function policyListener({ metrics, logger, engines, startedAtMs }: PolicyListenerOptions): (event: PolicyEvent) => void {
  const { series } = metrics;
  for (const breaker_name of engines) {
    series.circuit_breaker_state.set({ breaker_name }, STATE_VALUE.closed);
    series.circuit_breaker_consecutive_failures.set({ breaker_name }, 0);
    series.circuit_breaker_last_state_change_timestamp.set({ breaker_name }, startedAtMs / 1000);
  }
  return (event) => {
    const breaker_name = event.name;
    switch (event.type) {
      case 'breaker_call':
        series.circuit_breaker_calls_total.inc({ breaker_name, status: event.status });
        series.circuit_breaker_consecutive_failures.set({ breaker_name }, event.consecutiveFailures);
        return;
      case 'breaker_transition':
        series.circuit_breaker_transitions_total.inc({ breaker_name, from_state: event.from, to_state: event.to });
        series.circuit_breaker_state.set({ breaker_name }, STATE_VALUE[event.to]);
        series.circuit_breaker_consecutive_failures.set({ breaker_name }, event.consecutive);
        series.circuit_breaker_last_state_change_timestamp.set({ breaker_name }, event.at / 1000);
        logTransition(logger, event);
        return;
      case 'retry_scheduled':
        series.orchestrator_retry_total.inc({ reason: event.reason });
        logger.warn(formatRetryLine(event));
        return;
      case 'retry_refused':
        logger.warn(noRetryLine(event));
        return;
      case 'budget_changed':
        // Read at scrape: time fills the budget without an event.
        return;
      case 'deadline_exceeded':
        series.deadline_exceeded_total.inc();
        return;
      case 'call_finished':
        series.gateway_calls_total.inc({ outcome: event.outcome });
        return;
      case 'attempt_started':
      case 'attempt_finished':
        // Attempts are counted where they are sent, by http_client_request_duration_seconds, which knows their route.
        return;
      case 'readiness_probed':
        series.readiness_probes_total.inc({ breaker_name, answer: event.answer });
        return;
      case 'options_reloaded':
        logger.info(`Options of ${event.name} reloaded: ${event.line}`);
        return;
      default:
        countDecision(metrics, event);
    }
  };
}

function countDecision({ series }: Metrics<'gateway'>, event: PolicyEvent): void {
  const decided = decisionOf(event);
  if (decided === undefined) return;
  const { policy, decision, shadow } = decided;
  series.policy_decisions_total.inc({ policy, decision, mode: shadow ? 'shadow' : 'enforce' });
}

function logTransition(logger: Log, { name, from, to, because, evidence }: BreakerTransition): void {
  const fields = { breaker: { from, to, because, ...evidence } };
  if (to === 'open') {
    const last = evidence.lastReason === null ? '' : `, last failure ${evidence.lastReason}`;
    logger.warn(fields, `Circuit breaker OPEN for ${name}: ${because} (${evidence.consecutiveFailures} in a row${last})`);
  } else {
    logger.info(fields, `Circuit breaker ${to === 'closed' ? 'CLOSED' : 'HALF-OPEN'} for ${name}: ${because}`);
  }
}
