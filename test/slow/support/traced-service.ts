import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serviceReady, startEngineAlone } from '../../support/engine-process.ts';
import { call } from '../../support/load.ts';
import { copyPrepared } from '../../support/prepared-data.ts';
import { freePort, type Running, runNode } from '../../support/process.ts';
import { analysisRequest } from '../../support/requests.ts';
import { Series } from '../../support/series.ts';

const GATEWAY = path.join(import.meta.dirname, '../../../services/gateway/src/main.ts');
/** What the end of a drain gives the exporters. */
export const FLUSH_MS = 500;
const DRAIN = { DRAIN_PROPAGATION_MS: '0', DRAIN_FLUSH_MS: String(FLUSH_MS) };
/** Long enough that whoever keeps the spans of some thousand requests cannot hide it. */
const USER_AGENT_BYTES = 8000;
const AT_ONCE = 20;

export type Environment = Readonly<Record<string, string>>;

/** A gateway or an engine as a process of its own, with exporters of the test's choice. */
export class TracedService {
  readonly running: Running;
  readonly #url: string;
  readonly #options: () => Record<string, unknown>;
  readonly #dataDir: string | undefined;
  readonly #agent = new http.Agent({ keepAlive: true });

  private constructor(running: Running, url: string, options: () => Record<string, unknown>, dataDir?: string) {
    this.running = running;
    this.#url = url;
    this.#options = options;
    this.#dataDir = dataDir;
  }

  /** Each of its calls is an analysis of its own. */
  static async gateway(engineUrl: string, env: Environment): Promise<TracedService> {
    const port = await freePort();
    const running = runNode(GATEWAY, { GATEWAY_PORT: String(port), ENGINE_URL: engineUrl, LOG_FORMAT: 'ecs', ...DRAIN, ...env });
    let seed = 0;
    return new TracedService(running, `http://127.0.0.1:${port}`, () => ({ seed: seed++ })).#ready();
  }

  /** Its calls are all the same analysis, kept from the first on: computing takes much longer than whatever spans may cost. */
  static async engine(env: Environment): Promise<TracedService> {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'penstock-test-'));
    await copyPrepared(dataDir);
    const { running, url } = await startEngineAlone(dataDir, { ...DRAIN, ...env });
    return new TracedService(running, url, () => ({}), dataDir).#ready();
  }

  async #ready(): Promise<this> {
    await serviceReady(this.running, this.#url);
    return this;
  }

  /** One analysis; how long it took, ms. */
  async call(): Promise<number> {
    const url = new URL('/api/analyze/comprehensive', this.#url);
    const body = analysisRequest(this.#options());
    const { status, code, ms } = await call(url, this.#agent, { index: 0, body, headers: {}, timeoutMs: 5000, beganMs: 0 });
    assert.equal(status, 200, `answered ${status} ${code}`);
    return ms;
  }

  /** Requests of one span each, which is long: for what is not there, by clients with long names. */
  async makeLongSpans(count: number): Promise<void> {
    const url = new URL('/api/nothing', this.#url);
    let made = 0;
    const client = async (): Promise<void> => {
      while (made < count) {
        const headers = { 'user-agent': String(made++).padEnd(USER_AGENT_BYTES, '-') };
        const { status } = await call(url, this.#agent, { index: 0, body: undefined, headers, timeoutMs: 5000, beganMs: 0 });
        assert.equal(status, 404);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
  }

  /** Memory that the system has given to it, bytes. */
  async residentBytes(): Promise<number> {
    const text = await readFile(`/proc/${this.running.child.pid}/status`, 'utf8');
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(text) ?? [];
    if (kib === undefined) throw new Error(`no VmRSS in ${JSON.stringify(text)}`);
    return Number(kib) * 1024;
  }

  /** Spans that it says are lost, over all of its exporters. */
  async lost(problem: string): Promise<number> {
    return (await Series.read(this.#url)).sum('telemetry_problems_total', { problem });
  }

  /** Lines of the log about one problem of tracing. */
  lines(problem: string): string[] {
    return this.running.output.split('\n').filter((line) => line.includes(`Tracing: ${problem}`));
  }

  /** How long its exit takes from SIGTERM on, ms. */
  async exit(): Promise<number> {
    const from = performance.now();
    this.running.kill('SIGTERM');
    const { code } = await this.running.exited;
    assert.equal(code, 0, this.running.output);
    return performance.now() - from;
  }

  async end(): Promise<void> {
    this.#agent.destroy();
    await this.running.end();
    if (this.#dataDir !== undefined) await rm(this.#dataDir, { recursive: true, force: true });
  }
}
