import type { Log } from '../log/log.ts';

/** Keeps a failing metric away from the request that it counts. */
export interface MetricGuard {
  /** Runs `update`; an error is counted, and logged the first time for each series. */
  run(series: string, update: () => void): void;
  /** Counts a problem that did not come as an error, and logs it the first time for each series. */
  report(series: string, problem: MetricProblem, message: string): void;
  /** Problems so far. */
  readonly problems: number;
}
export type MetricProblem = 'metric_failed' | 'label_overflow';

/** `count` is told of every problem; it must not come back to this guard. */
export function createMetricGuard(log: Log | undefined, count: (problem: MetricProblem) => void): MetricGuard {
  const logged = new Set<string>();
  let problems = 0;
  const report = (series: string, problem: MetricProblem, message: string, err?: unknown): void => {
    problems++;
    count(problem);
    const key = `${problem} ${series}`;
    if (logged.has(key)) return;
    logged.add(key);
    log?.warn(err === undefined ? {} : { err }, `Metric ${series}: ${message} (said once, counted as ${problem})`);
  };
  return {
    run(series, update) {
      try {
        update();
      } catch (error) {
        report(series, 'metric_failed', 'could not be updated', error);
      }
    },
    report,
    get problems() {
      return problems;
    },
  };
}
