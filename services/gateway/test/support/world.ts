import { once } from 'node:events';
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, systemRandom } from '@penstock/clock';
import { createLogger, createMetrics, type Metrics, renderText, tracingOff } from '@penstock/telemetry';
import { buildGateway, type Gateway } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';

/** A gateway that listens, in front of an engine that does what the test says. */
export class World {
  readonly gateway: Gateway;
  readonly url: string;
  readonly port: number;
  /** What reached the engine, in order. */
  readonly seen: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers'] }[] = [];
  readonly #engine: http.Server;
  readonly metrics: Metrics<'gateway'>;
  answer: RequestListener = (_request, response) => void json(response, 200, {});

  private constructor(gateway: Gateway, engine: http.Server, metrics: Metrics<'gateway'>, port: number) {
    this.gateway = gateway;
    this.#engine = engine;
    this.metrics = metrics;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    engine.on('request', (request, response) => {
      this.seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
      this.answer(request, response);
    });
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<World> {
    const engine = http.createServer();
    engine.listen(0, '127.0.0.1');
    await once(engine, 'listening');
    const logger = createLogger({ service: 'gateway', version: '0', level: 'silent', format: 'ecs' });
    const config = readConfig({
      ENGINE_URL: `http://127.0.0.1:${(engine.address() as AddressInfo).port}`,
      RETRY_BASE_MS: '1',
      DRAIN_PROPAGATION_MS: '0',
      ...env,
    });
    const metrics = createMetrics({ service: 'gateway', enabled: true, logger });
    const gateway = await buildGateway(config, {
      logger,
      tracing: tracingOff,
      metrics,
      clock: systemClock,
      random: systemRandom,
      readConfig: () => config,
    });
    await gateway.app.listen({ host: '127.0.0.1', port: 0 });
    return new World(gateway, engine, metrics, (gateway.app.server.address() as AddressInfo).port);
  }

  /** Failures in a row that the engine's breaker has heard of. */
  async failures(): Promise<number> {
    const text = (await renderText(this.metrics)).body;
    return Number(/^circuit_breaker_consecutive_failures\{.*\} (\d+)$/m.exec(text)?.[1]);
  }

  /** The value of a series, 0 where it has none yet. */
  async metric(series: string): Promise<number> {
    const line = (await renderText(this.metrics)).body.split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? 0 : Number(line.slice(series.length + 1));
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    this.#engine.closeAllConnections();
    this.#engine.close();
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
}
