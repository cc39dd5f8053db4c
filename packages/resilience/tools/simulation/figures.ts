import type { TransitionCause } from '@penstock/resilience';
import type { Run } from './simulate.ts';

/** Share of the calls that were answered, 0–1. */
export const answered = ({ calls }: Run): number => calls.filter(({ end }) => end === 'answered').length / calls.length;

/** Attempts sent per call. */
export const amplification = ({ calls, attempts }: Run): number => attempts / calls.length;

export const timesOpened = ({ transitions }: Run): number => transitions.filter(({ to }) => to === 'open').length;

export const timesClosed = ({ transitions }: Run): number => transitions.filter(({ to }) => to === 'closed').length;

export const timesOpenedFor =
  (because: TransitionCause) =>
  ({ transitions }: Run): number =>
    transitions.filter((each) => each.to === 'open' && each.because === because).length;

/** The time within which that share (0–1) of the answered calls was answered, ms. */
export function answeredWithin({ calls }: Run, share: number): number {
  const times = calls
    .filter(({ end }) => end === 'answered')
    .map(({ startedAt, endedAt }) => endedAt - startedAt)
    .sort((a, b) => a - b);
  return times[Math.ceil(times.length * share) - 1] ?? Number.NaN;
}

/** How long after `at` the last call began that was not answered, ms; 0 when every call from then on was. */
export function wholeAfter({ calls }: Run, at: number): number {
  return Math.max(0, ...calls.filter(({ end }) => end !== 'answered').map(({ startedAt }) => startedAt - at));
}
