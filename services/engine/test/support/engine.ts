import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AnalysisReply, Problem } from '@penstock/contracts';
import { createLogger, createMetrics, renderText, type Tracing, tracingOff } from '@penstock/telemetry';
import type { InjectOptions } from 'fastify';
import { copyPrepared } from '../../../../test/support/prepared-data.ts';
import { buildEngine } from '../../src/app.ts';
import { loadEngineConfig } from '../../src/config.ts';
import type { EngineDeps } from '../../src/deps.ts';
import { openDeps } from '../../src/open-deps.ts';

export interface Answer<T = AnalysisReply & Problem> {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly body: T;
}

/** An engine on PGlite in a folder of its own, asked without a socket. */
export class TestEngine {
  readonly deps: EngineDeps;
  readonly #app: Awaited<ReturnType<typeof buildEngine>>['app'];
  readonly #folder: string;

  private constructor(deps: EngineDeps, app: Awaited<ReturnType<typeof buildEngine>>['app'], folder: string) {
    this.deps = deps;
    this.#app = app;
    this.#folder = folder;
  }

  static async start(env: Record<string, string> = {}, tracing: Tracing = tracingOff, change: Partial<EngineDeps> = {}) {
    const folder = await mkdtemp(path.join(tmpdir(), 'penstock-engine-'));
    await copyPrepared(folder);
    const config = loadEngineConfig({ DATA_DIR: folder, WORKERS: '2', ...env });
    const logger = createLogger({ service: 'engine', level: 'silent' });
    const metrics = createMetrics({ service: 'engine', enabled: true, logger });
    const deps = { ...(await openDeps(config, { logger, tracing, metrics })), ...change };
    const { app } = await buildEngine(config, deps);
    await app.ready();
    return new TestEngine(deps, app, folder);
  }

  async send<T = AnalysisReply & Problem>(options: InjectOptions): Promise<Answer<T>> {
    const { statusCode, headers, body } = await this.#app.inject(options);
    // The span of a reply that is injected ends a turn later: its stream closes without having finished.
    await new Promise(setImmediate);
    const isJson = String(headers['content-type']).includes('json');
    return { status: statusCode, headers, text: body, body: (isJson ? JSON.parse(body) : undefined) as T };
  }

  analyze(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return this.send({
      method: 'POST',
      url: '/api/analyze/comprehensive',
      headers: { 'content-type': 'application/json', ...headers },
      payload,
    });
  }

  /** @returns the new data set's id */
  async upload(csv: string): Promise<string> {
    const { status, body, text } = await this.send<{ id: string }>({
      method: 'POST',
      url: '/api/datasets',
      headers: { 'content-type': 'text/csv' },
      payload: csv,
    });
    if (status !== 201) throw new Error(`the upload was answered ${status}: ${text}`);
    return body.id;
  }

  /** Value of one series, 0 where it has none yet. */
  async metric(series: string): Promise<number> {
    const { body } = await renderText(this.deps.metrics);
    const line = body.split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? 0 : Number(line.slice(series.length + 1));
  }

  async stop(): Promise<void> {
    await this.#app.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export const README_REQUEST = { dataset_id: 'test', mapping: { y: 'y', treatment: 'w', unit_id: 'id' } } as const;
