import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import { serviceReady } from '../../test/support/engine-process.ts';
import { call } from '../../test/support/load.ts';
import { freePort, Running } from '../../test/support/process.ts';
import { analysisRequest } from '../../test/support/requests.ts';
import type { Contender } from './contenders.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const CALL_LIMIT_MS = 10_000;
/** Calls at the same time. */
const CALLERS = 8;

export interface LoadOptions {
  /** Calls at the same time. */
  readonly callers?: number;
  readonly headers?: (index: number) => Readonly<Record<string, string>>;
}
const noHeaders = () => ({});

/** A gateway process that tells what CPU time it has used. */
export class MeasuredGateway {
  readonly #running: Running;
  readonly #url: URL;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: CALLERS });
  #sent = 0;

  private constructor(running: Running, url: URL) {
    this.#running = running;
    this.#url = url;
  }

  static async start({ preload, env }: Contender, engine: string, sink: string): Promise<MeasuredGateway> {
    const port = await freePort();
    const imports = ['./bench/telemetry/cpu-reporter.ts', ...preload].flatMap((file) => ['--import', file]);
    const { PATH, HOME } = process.env;
    const child = fork(path.join(ROOT, 'services/gateway/src/main.ts'), {
      cwd: ROOT,
      execArgv: imports,
      env: { PATH, HOME, GATEWAY_PORT: String(port), ENGINE_URL: engine, LOG_FORMAT: 'ecs', ...env(sink) },
      // The log is written as in service, to where it costs nothing more.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const running = new Running(child);
    const url = `http://127.0.0.1:${port}`;
    await serviceReady(running, url);
    return new MeasuredGateway(running, new URL('/api/analyze/comprehensive', url));
  }

  /** CPU time used so far, microseconds: user and system, all threads. */
  async cpu(): Promise<number> {
    this.#running.child.send('cpu');
    const [microseconds] = (await once(this.#running.child, 'message')) as [number];
    return microseconds;
  }

  /**
   * Sends so many analyses, no two of them equal, each with the headers that its number gives it.
   * @throws Error for any that is not answered with 200
   */
  async load(requests: number, { callers = CALLERS, headers = noHeaders }: LoadOptions = {}): Promise<void> {
    const end = this.#sent + requests;
    const caller = async (): Promise<void> => {
      while (this.#sent < end) {
        const index = this.#sent++;
        const body = analysisRequest({ seed: index });
        const { status, code } = await call(this.#url, this.#agent, {
          index,
          body,
          headers: headers(index),
          timeoutMs: CALL_LIMIT_MS,
          beganMs: 0,
        });
        if (status !== 200) throw new Error(`call ${index} ended with ${status} ${code}:\n${this.#running.output}`);
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.#running.end();
  }
}
