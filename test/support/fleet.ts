import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EngineProcess, engineReady, serviceReady, startEngineAlone } from './engine-process.ts';
import { copyPrepared } from './prepared-data.ts';
import { freePort, type Running, runNode } from './process.ts';

const GATEWAY = path.join(import.meta.dirname, '../../services/gateway/src/main.ts');

export interface FleetOptions {
  readonly engines: number;
  /** Default 1. Each calls every engine. */
  readonly gateways?: number;
  readonly engineEnv?: Readonly<Record<string, string>>;
  readonly gatewayEnv?: Readonly<Record<string, string>>;
}

export interface GatewayProcess {
  readonly running: Running;
  readonly port: number;
  readonly url: string;
}

/** Gateways before several engines, each engine with a data folder of its own: they share what `engineEnv` makes them share. */
export class Fleet {
  readonly engines: EngineProcess[] = [];
  readonly gateways: GatewayProcess[] = [];
  readonly #folders: string[] = [];
  readonly #options: FleetOptions;

  private constructor(options: FleetOptions) {
    this.#options = options;
  }

  static async start(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(options);
    try {
      for (let i = 0; i < options.engines; i++) {
        const folder = await mkdtemp(path.join(tmpdir(), 'penstock-fleet-'));
        fleet.#folders.push(folder);
        await copyPrepared(folder);
        await fleet.startEngine(i);
      }
      for (let i = 0; i < (options.gateways ?? 1); i++) await fleet.startGateway(i);
      return fleet;
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  /** Of the first gateway. */
  get gatewayUrl(): string {
    return (this.gateways[0] as GatewayProcess).url;
  }

  /** Starts the engine of that number, again on its port. */
  async startEngine(index: number): Promise<void> {
    const before = this.engines[index];
    const port = before === undefined ? undefined : Number(new URL(before.url).port);
    const engine = await startEngineAlone(this.#folders[index] as string, this.#options.engineEnv, port);
    this.engines[index] = engine;
    await engineReady(engine);
  }

  /** Starts the gateway of that number, again on its port. */
  async startGateway(index: number): Promise<void> {
    const port = this.gateways[index]?.port ?? (await freePort());
    const url = `http://127.0.0.1:${port}`;
    const running = runNode(GATEWAY, {
      GATEWAY_PORT: String(port),
      ENGINE_URL: this.engines.map((engine) => engine.url).join(','),
      LOG_FORMAT: 'ecs',
      ...this.#options.gatewayEnv,
    });
    this.gateways[index] = { running, port, url };
    await serviceReady(running, url);
  }

  /** SIGTERM, wait for its drain, start again, wait until it is ready. */
  async restartEngine(index: number): Promise<void> {
    await drained(`engine ${index}`, (this.engines[index] as EngineProcess).running);
    await this.startEngine(index);
  }

  /** The same for a gateway. */
  async restartGateway(index: number): Promise<void> {
    await drained(`gateway ${index}`, (this.gateways[index] as GatewayProcess).running);
    await this.startGateway(index);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.gateways, ...this.engines].map(({ running }) => running.end()));
    await Promise.all(this.#folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

async function drained(name: string, running: Running): Promise<void> {
  running.kill('SIGTERM');
  const { code } = await running.exited;
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${running.output.slice(-2000)}`);
}
