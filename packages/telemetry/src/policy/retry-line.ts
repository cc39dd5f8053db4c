import type { RetryRefused, RetryScheduled } from '@penstock/resilience';

/** `[Retry] Attempt 1/3 failed: connect ECONNREFUSED. Retrying in 1.23s` */
export function retryLine({ attempt, of, message, reason, delayMs }: RetryScheduled): string {
  return `[Retry] Attempt ${attempt}/${of} failed: ${sentence(message || reason)} Retrying in ${(delayMs / 1000).toFixed(2)}s`;
}

const WHY: Readonly<Record<RetryRefused['because'], string>> = Object.freeze({
  attempts: 'it was the last one',
  budget: 'the retry budget is empty',
  deadline: 'the deadline leaves no time for another',
  breaker_open: 'the circuit breaker has opened',
  permanent: 'trying again would not help',
  draining: 'the service is shutting down',
});

/** `[Retry] Attempt 3/3 failed: ECONNREFUSED. No further attempt: it was the last one` */
export function noRetryLine({ attempt, of, reason, because }: RetryRefused): string {
  return `[Retry] Attempt ${attempt}/${of} failed: ${sentence(reason)} No further attempt: ${WHY[because]}`;
}

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);
