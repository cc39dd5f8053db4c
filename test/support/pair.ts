import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort, type Running, runNode, until } from './process.ts';

const root = path.join(import.meta.dirname, '..', '..');

export interface PairOptions {
  readonly engineEnv?: Readonly<Record<string, string>>;
  readonly gatewayEnv?: Readonly<Record<string, string>>;
  /** Address that the gateway calls instead of the engine's own, such as a relay's. */
  readonly engineUrl?: string;
}

/** Both real services as processes of their own, on free ports, with a data folder of their own. */
export class Pair {
  readonly enginePort: number;
  readonly gatewayPort: number;
  readonly dataDir: string;
  engine!: Running;
  gateway!: Running;
  readonly #options: PairOptions;

  private constructor(enginePort: number, gatewayPort: number, dataDir: string, options: PairOptions) {
    this.enginePort = enginePort;
    this.gatewayPort = gatewayPort;
    this.dataDir = dataDir;
    this.#options = options;
  }

  static async start(options: PairOptions = {}): Promise<Pair> {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'penstock-test-'));
    const pair = new Pair(await freePort(), await freePort(), dataDir, options);
    await Promise.all([pair.startEngine(), pair.startGateway()]);
    return pair;
  }

  get engineUrl(): string {
    return `http://127.0.0.1:${this.enginePort}`;
  }

  get gatewayUrl(): string {
    return `http://127.0.0.1:${this.gatewayPort}`;
  }

  async startEngine(): Promise<void> {
    this.engine = runNode(path.join(root, 'services/engine/src/main.ts'), {
      ENGINE_PORT: String(this.enginePort),
      DATA_DIR: this.dataDir,
      LOG_FORMAT: 'ecs',
      ...this.#options.engineEnv,
    });
    await ready(this.engine, this.engineUrl);
  }

  async startGateway(): Promise<void> {
    this.gateway = runNode(path.join(root, 'services/gateway/src/main.ts'), {
      GATEWAY_PORT: String(this.gatewayPort),
      ENGINE_URL: this.#options.engineUrl ?? this.engineUrl,
      LOG_FORMAT: 'ecs',
      ...this.#options.gatewayEnv,
    });
    await ready(this.gateway, this.gatewayUrl);
  }

  /** Ends both by their pids and removes the data. */
  async stop(): Promise<void> {
    await Promise.all([this.gateway.end(), this.engine.end()]);
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

async function ready(service: Running, url: string): Promise<void> {
  await until(`${url}/health/ready`, async () => {
    if (!service.running) throw new Error(`the service ended before it was ready:\n${service.output}`);
    const reply = await fetch(`${url}/health/ready`).catch(() => undefined);
    return reply?.status === 200;
  });
}
