import type { Clock } from '@penstock/clock';
import type { Log } from '../log/log.ts';

/** Keeps a failing metric away from the request that it counts. */
export interface MetricGuard {
  /** An update threw: counted, and logged at most once a minute for each series. */
  failed(series: string, error: unknown): void;
  /** Counts a problem and logs it at most once a minute for each series, with how often it was left unsaid. */
  report(series: string, problem: MetricProblem, message: string, err?: unknown): void;
  /** Problems so far. */
  readonly problems: number;
}
export type MetricProblem = 'metric_failed' | 'label_overflow';

const QUIET_MS = 60_000;

/** `count` is told of every problem; it must not come back to this guard. */
export function createMetricGuard(clock: Clock, log: Log | undefined, count: (problem: MetricProblem) => void): MetricGuard {
  const said = new Map<string, { at: number; unsaid: number }>();
  let problems = 0;
  const report = (series: string, problem: MetricProblem, message: string, err?: unknown): void => {
    problems++;
    const counted = countedAs(problem, count);
    const key = `${problem} ${series}`;
    const known = said.get(key);
    const now = clock.monotonic();
    if (known !== undefined && now - known.at < QUIET_MS) {
      known.unsaid++;
      return;
    }
    const earlier = known === undefined || known.unsaid === 0 ? '' : `, ${known.unsaid} more since the last such line`;
    said.set(key, { at: now, unsaid: 0 });
    log?.warn(err === undefined ? {} : { err }, `Metric ${series}: ${message} (${counted}${earlier})`);
  };
  return {
    failed: (series, error) => report(series, 'metric_failed', 'could not be updated', error),
    report,
    get problems() {
      return problems;
    },
  };
}

// The counter of problems may be what fails.
function countedAs(problem: MetricProblem, count: (problem: MetricProblem) => void): string {
  try {
    count(problem);
    return `counted as ${problem}`;
  } catch (error) {
    return `${problem}, not counted: ${String(error)}`;
  }
}
