import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Fleet } from '../../support/fleet.ts';
import { freePort } from '../../support/process.ts';
import { Prometheus } from '../../support/prometheus.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { send } from '../../support/requests.ts';

export const SCRAPE_S = 2;

/** A gateway with its Redis before two engines, all scraped by a Prometheus; small enough that little fills it. */
export class ScrapedSystem {
  readonly fleet: Fleet;
  readonly redis: TestRedis;
  readonly prometheus: Prometheus;
  readonly #folder: string;

  private constructor(fleet: Fleet, redis: TestRedis, prometheus: Prometheus, folder: string) {
    this.fleet = fleet;
    this.redis = redis;
    this.prometheus = prometheus;
    this.#folder = folder;
  }

  static async start(ruleFiles: readonly string[]): Promise<ScrapedSystem> {
    const folder = await mkdtemp(path.join(tmpdir(), 'penstock-settings-'));
    await writeFile(settingsFile(folder), '');
    const redis = await startRedis();
    const both = {
      FAULTS_ENABLED: 'true',
      // Nobody takes the spans; most traces are not sampled, so that the tail rule has to decide.
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
      OTEL_TRACES_SAMPLER_ARG: '0.1',
      // The least that can be set: it is to be full.
      LOG_BUFFER_BYTES: '65536',
      // Longer than a scrape, so that it is seen.
      DRAIN_PROPAGATION_MS: String(3000 * SCRAPE_S),
    };
    const fleet = await Fleet.start({
      engines: 2,
      engineEnv: { ...both, WORKERS: '1', WORKER_QUEUE: '4' },
      gatewayEnv: {
        ...both,
        REDIS_URL: redis.url,
        PENSTOCK_CONFIG: settingsFile(folder),
        POOL_CONNECTIONS: '2',
        BREAKER_THRESHOLD: '3',
        BREAKER_OPEN_MS: '3000',
        BREAKER_READINESS_MS: '300',
        RETRY_BASE_MS: '20',
        HEDGE_DELAY_MS: '50',
        STALE_MAX_BYTES: '150000',
      },
    });
    const hosts = (all: readonly { readonly url: string }[]): string[] => all.map(({ url }) => new URL(url).host);
    const prometheus = await Prometheus.start({
      targets: { gateway: hosts(fleet.gateways), engine: hosts(fleet.engines) },
      intervalS: SCRAPE_S,
      ruleFiles,
    });
    return new ScrapedSystem(fleet, redis, prometheus, folder);
  }

  get gatewayUrl(): string {
    return this.fleet.gatewayUrl;
  }

  get engineUrls(): string[] {
    return this.fleet.engines.map(({ url }) => url);
  }

  /** Reloads the gateway with these variables over those that it was started with. @returns status of the reload */
  async settings(variables: Readonly<Record<string, string>>): Promise<number> {
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(settingsFile(this.#folder), lines.join(''));
    return (await send(`${this.gatewayUrl}/admin/reload`, { method: 'POST' })).status;
  }

  async stop(): Promise<void> {
    await Promise.all([this.fleet.stop(), this.redis.close(), this.prometheus.stop()]);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const settingsFile = (folder: string): string => path.join(folder, 'settings.env');
