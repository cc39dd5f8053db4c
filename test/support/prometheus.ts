import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort, Running, until } from './process.ts';
import type { Available } from './require-server.ts';

export async function prometheusAvailable(): Promise<Available> {
  try {
    await promisify(execFile)('prometheus', ['--version']);
    return true;
  } catch (error) {
    return `prometheus cannot be run (${(error as Error).message.split('\n')[0]})`;
  }
}

export interface PrometheusOptions {
  /** `host:port` of what is scraped, by the name of the job. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
  /** Between scrapes, and between evaluations of the rules. */
  readonly intervalS: number;
  /** Files with recording rules and alerts. */
  readonly ruleFiles?: readonly string[];
  /** `host:port` of Alertmanagers that are told of alerts. */
  readonly alertmanagers?: readonly string[];
}

/** Seconds since the Unix epoch. */
interface Time {
  readonly startS: number;
  readonly endS: number;
}

interface Line {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: string])[];
}

/** A Prometheus of its own on a free port of 127.0.0.1. */
export class Prometheus {
  readonly url: string;
  readonly #folder: string;
  readonly #running: Running;

  private constructor(url: string, folder: string, running: Running) {
    this.url = url;
    this.#folder = folder;
    this.#running = running;
  }

  static async start(options: PrometheusOptions): Promise<Prometheus> {
    const folder = await mkdtemp(path.join(tmpdir(), 'penstock-prometheus-'));
    const config = path.join(folder, 'prometheus.yml');
    await writeFile(config, configuration(options));
    const address = `127.0.0.1:${await freePort()}`;
    const running = new Running(
      spawn('prometheus', [
        `--config.file=${config}`,
        `--storage.tsdb.path=${path.join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--enable-feature=exemplar-storage',
      ]),
    );
    const prometheus = new Prometheus(`http://${address}`, folder, running);
    await until('Prometheus', async () => {
      if (!running.running) throw new Error(`Prometheus ended:\n${running.output}`);
      return (await fetch(`${prometheus.url}/-/ready`).catch(() => undefined))?.status === 200;
    });
    return prometheus;
  }

  /** Whether an expression has a value now: a comparison that holds, a series that there is. */
  async holds(expression: string): Promise<boolean> {
    const { result } = await this.#get<{ result: unknown[] }>('query', { query: expression });
    return result.length > 0;
  }

  /**
   * The lines of an expression over a time, as a panel draws them.
   * @param stepS between two points, seconds
   */
  async lines(expression: string, { startS, endS }: Time, stepS: number): Promise<Line[]> {
    const times = { start: String(startS), end: String(endS), step: String(stepS) };
    return (await this.#get<{ result: Line[] }>('query_range', { query: expression, ...times })).result;
  }

  /** Labels of the exemplars of the series that an expression reads, over a time. */
  async exemplars(expression: string, { startS, endS }: Time): Promise<Readonly<Record<string, string>>[]> {
    const times = { start: String(startS), end: String(endS) };
    const found = await this.#get<{ exemplars: { labels: Record<string, string> }[] }[]>('query_exemplars', {
      query: expression,
      ...times,
    });
    return found.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels));
  }

  /** Names of all samples of a job, from whenever. */
  async names(job: string): Promise<string[]> {
    return this.#get('label/__name__/values', { 'match[]': `{job="${job}"}` });
  }

  /** Names of the series that recording rules make. */
  async recorded(): Promise<string[]> {
    const { groups } = await this.#get<{ groups: { rules: { name: string }[] }[] }>('rules', { type: 'record' });
    return groups.flatMap(({ rules }) => rules.map(({ name }) => name));
  }

  async stop(): Promise<void> {
    await this.#running.end();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #get<T>(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<T> {
    const reply = await fetch(`${this.url}/api/v1/${endpoint}?${new URLSearchParams(parameters)}`);
    const { data, error } = (await reply.json()) as { data: T; error?: string };
    if (error !== undefined) throw new Error(`${JSON.stringify(parameters)}: ${error}`);
    return data;
  }
}

// JSON is YAML.
function configuration({ targets, intervalS, ruleFiles = [], alertmanagers = [] }: PrometheusOptions): string {
  const interval = `${intervalS}s`;
  return JSON.stringify({
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
    scrape_configs: Object.entries(targets).map(([job_name, each]) => ({ job_name, static_configs: [{ targets: each }] })),
  });
}
