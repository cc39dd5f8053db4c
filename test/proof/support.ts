import path from 'node:path';
import { distinct } from '../chaos/support.ts';
import { type CallResult, quantile } from '../support/load.ts';
import { runNode, until } from '../support/process.ts';
import { upload } from '../support/requests.ts';
import type { Series } from '../support/series.ts';

/** Attempts that a gateway has handed to its connection pool so far. Readiness probes are not among them. */
export const attemptsIn = (gateway: Series): number => gateway.sum('connection_pool_requests_total');

/** A process that answers at once and does nothing else: how fast this machine is just now. */
export async function startBareServer(): Promise<{ readonly url: string; readonly stop: () => Promise<unknown> }> {
  const running = runNode(path.join(import.meta.dirname, '../support/bare-server.ts'), {});
  const port = await until('the port of the bare server', () => /^\d+/.exec(running.output)?.[0]);
  return { url: `http://127.0.0.1:${port}`, stop: () => running.end() };
}

/** Calls that were answered with this code of the error table. */
export const refusedBy = (calls: readonly CallResult[], code: string): readonly CallResult[] =>
  calls.filter((call) => call.code === code);

/** `n 5900, p50 0.8 ms, p99 2.1 ms, worst 5.3 ms`. */
export function describeTimes(calls: readonly CallResult[]): string {
  const times = calls.map(({ ms }) => ms);
  const at = (share: number): string => `${quantile(times, share).toFixed(1)} ms`;
  return `n ${times.length}, p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, worst ${at(1)}`;
}

/** What became of the calls that began in one second of a load. */
export interface Second {
  readonly second: number;
  readonly calls: number;
  readonly ok: number;
}

/** The seconds of a load, by when its calls began. */
export function perSecond(calls: readonly CallResult[]): readonly Second[] {
  const seconds = Map.groupBy(calls, ({ startedMs }) => Math.floor(startedMs / 1000));
  return [...seconds]
    .map(([second, each]) => ({ second, calls: each.length, ok: each.filter(({ status }) => status === 200).length }))
    .sort((a, b) => a.second - b.second);
}

/** 40 units of a randomised trial: what an analysis costs is then the services' work and hardly the estimators'. */
const SMALL_TRIAL = `y,w,id\n${Array.from({ length: 40 }, (_, i) => `${(i * 7) % 11},${i % 2},${i}`).join('\n')}\n`;

/** Uploads a small data set; gives the cheapest analysis of it, distinct for each number. */
export async function smallAnalyses(baseUrl: string): Promise<(index: number) => Record<string, unknown>> {
  const dataset = await upload(baseUrl, SMALL_TRIAL);
  return (index) => ({ ...distinct(index), dataset_id: dataset });
}
