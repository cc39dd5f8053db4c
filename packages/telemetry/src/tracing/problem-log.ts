import type { Clock } from '@penstock/clock';
import type { Log } from '../log/log.ts';

const QUIET_MS = 60_000;

export type TracingProblem = 'export_failed' | 'span_too_large' | 'spans_dropped';

/** Hears what tracing could not do: how many spans it concerns, and why. */
export type ReportProblem = (problem: TracingProblem, spans: number, message: string) => void;

/** Logs each kind of problem at most once a minute, with what was kept back since; `count` hears all of them. */
export function createProblemLog(clock: Clock, log: Log, count: (problem: TracingProblem, spans: number) => void): ReportProblem {
  const kinds = new Map<TracingProblem, { at: number; unsaid: number }>();
  return (problem, spans, message) => {
    count(problem, spans);
    const known = kinds.get(problem);
    const now = clock.monotonic();
    if (known !== undefined && now - known.at < QUIET_MS) {
      known.unsaid += spans;
      return;
    }
    const earlier = known === undefined || known.unsaid === 0 ? '' : ` (and ${known.unsaid} more since the last such line)`;
    kinds.set(problem, { at: now, unsaid: 0 });
    log.warn(`Tracing: ${problem}, ${spans} ${spans === 1 ? 'span' : 'spans'}: ${message}${earlier}`);
  };
}
