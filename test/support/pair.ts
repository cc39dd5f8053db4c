import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { engineReady, serviceReady, startEngineAlone } from './engine-process.ts';
import { copyPrepared } from './prepared-data.ts';
import { freePort, type Running, runNode } from './process.ts';

const root = path.join(import.meta.dirname, '..', '..');

export interface PairOptions {
  readonly engineEnv?: Readonly<Record<string, string>>;
  readonly gatewayEnv?: Readonly<Record<string, string>>;
  /** Address that the gateway calls instead of the engine's own, such as a relay's. */
  readonly engineUrl?: string;
  /** The gateway alone, in front of a port where nothing listens. */
  readonly withoutEngine?: boolean;
  /** Descriptors that take their standard outputs. */
  readonly stdout?: { readonly engine: number; readonly gateway: number };
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
    const starts = [pair.startGateway(), ...(options.withoutEngine === true ? [] : [pair.#startFirstEngine()])];
    const failed = (await Promise.allSettled(starts)).find(({ status }) => status === 'rejected');
    if (failed === undefined) return pair;
    await pair.stop();
    throw (failed as PromiseRejectedResult).reason;
  }

  get engineUrl(): string {
    return `http://127.0.0.1:${this.enginePort}`;
  }

  get gatewayUrl(): string {
    return `http://127.0.0.1:${this.gatewayPort}`;
  }

  async #startFirstEngine(): Promise<void> {
    await copyPrepared(this.dataDir);
    await this.startEngine();
  }

  async startEngine(): Promise<void> {
    const { engineEnv, stdout } = this.#options;
    const engine = await startEngineAlone(this.dataDir, engineEnv, this.enginePort, stdout?.engine);
    this.engine = engine.running;
    await engineReady(engine);
  }

  /** @param env settings of this start, over those of the pair */
  async startGateway(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { engineUrl, gatewayEnv, stdout } = this.#options;
    const settings = {
      GATEWAY_PORT: String(this.gatewayPort),
      ENGINE_URL: engineUrl ?? this.engineUrl,
      LOG_FORMAT: 'ecs',
      ...gatewayEnv,
      ...env,
    };
    this.gateway = runNode(path.join(root, 'services/gateway/src/main.ts'), settings, stdout?.gateway);
    await serviceReady(this.gateway, this.gatewayUrl);
  }

  /** Ends both by their pids and removes the data. */
  async stop(): Promise<void> {
    await Promise.all([this.gateway?.end(), this.engine?.end()]);
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
