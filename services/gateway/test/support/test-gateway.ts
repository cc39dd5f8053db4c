import { systemClock, systemRandom } from '@penstock/clock';
import { createLogger, createMetrics, renderText, type Tracing, tracingOff } from '@penstock/telemetry';
import { buildGateway, type Gateway } from '../../src/app.ts';
import { environmentNow, readConfig } from '../../src/config.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the reply has
  readonly body: any;
}

/** A gateway that listens on a free port of 127.0.0.1, with short waits unless the test wants others. */
export class TestGateway {
  readonly gateway: Gateway;
  readonly url: string;
  readonly #metrics: () => Promise<string>;

  private constructor(gateway: Gateway, url: string, metrics: () => Promise<string>) {
    this.gateway = gateway;
    this.url = url;
    this.#metrics = metrics;
  }

  static async start(env: Readonly<Record<string, string>>, tracing: Tracing = tracingOff): Promise<TestGateway> {
    const whole = { RETRY_BASE_MS: '1', DRAIN_PROPAGATION_MS: '0', ...env };
    const config = readConfig(whole);
    const logger = createLogger({ service: 'gateway', version: '0', level: 'silent' });
    const metrics = createMetrics({ service: 'gateway', enabled: true, logger });
    const deps = {
      logger,
      metrics,
      tracing,
      clock: systemClock,
      random: systemRandom,
      readConfig: () => readConfig(environmentNow(whole)),
    };
    const gateway = await buildGateway(config, deps);
    const url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
    return new TestGateway(gateway, url, async () => (await renderText(metrics)).body);
  }

  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, init);
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
  }

  analyze(request: object, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Answer> {
    return this.send('/api/analyze/comprehensive', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(request),
      ...init,
    });
  }

  /** The value of a series, as `/metrics` has it; undefined where it has none. */
  async metric(series: string): Promise<number | undefined> {
    const line = (await this.#metrics()).split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  }

  async stop(): Promise<void> {
    this.gateway.app.server.closeAllConnections();
    await this.gateway.app.close();
  }
}

/** Asks until it is so; fails after ten seconds. */
export async function until(what: string, so: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await so()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`waited in vain for ${what}`);
}
