import { type RetryRefused, sentence } from '@penstock/resilience';

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
