import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EngineProcess, engineReady, serviceReady, startEngineAlone } from '../support/engine-process.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { Pair } from '../support/pair.ts';
import { copyPrepared } from '../support/prepared-data.ts';
import { freePort, type Running, runNode } from '../support/process.ts';
import { analysisRequest, send } from '../support/requests.ts';

const GATEWAY = path.join(import.meta.dirname, '../../services/gateway/src/main.ts');

/** A cheap analysis, distinct for each number: no cache answers it, no other call shares it. */
export const distinct = (index: number): Record<string, unknown> =>
  analysisRequest({ seed: 1 + index, figures: false, estimators: ['difference_in_means'] });

export interface BreakerView {
  readonly name: string;
  readonly state: string;
  readonly transitions: readonly { readonly from: string; readonly to: string }[];
}

export const breakersOf = async (gatewayUrl: string): Promise<readonly BreakerView[]> =>
  (await send<{ breakers: BreakerView[] }>(`${gatewayUrl}/api/resilience`)).body.breakers;

/** Both services with the fault proxy between them. */
export async function withProxy(
  gatewayEnv: Readonly<Record<string, string>>,
  story: (pair: Pair, proxy: FaultProxy) => Promise<void>,
): Promise<void> {
  const proxy = await FaultProxy.start();
  const pair = await Pair.start({ engineUrl: proxy.url, gatewayEnv });
  proxy.targetPort = pair.enginePort;
  try {
    await story(pair, proxy);
  } finally {
    proxy.close();
    await pair.stop();
  }
}

export interface FleetOptions {
  readonly engines: number;
  readonly engineEnv?: Readonly<Record<string, string>>;
  readonly gatewayEnv?: Readonly<Record<string, string>>;
}

/** One gateway before several engines, each with a data folder of its own: they share nothing. */
export class Fleet {
  readonly engines: EngineProcess[] = [];
  gateway!: Running;
  gatewayUrl = '';
  readonly #folders: string[] = [];
  readonly #options: FleetOptions;

  private constructor(options: FleetOptions) {
    this.#options = options;
  }

  static async start(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(options);
    for (let i = 0; i < options.engines; i++) {
      const folder = await mkdtemp(path.join(tmpdir(), 'penstock-chaos-'));
      await copyPrepared(folder);
      fleet.#folders.push(folder);
      await fleet.startEngine(i);
    }
    const port = await freePort();
    fleet.gatewayUrl = `http://127.0.0.1:${port}`;
    fleet.gateway = runNode(GATEWAY, {
      GATEWAY_PORT: String(port),
      ENGINE_URL: fleet.engines.map(({ url }) => url).join(','),
      LOG_FORMAT: 'ecs',
      ...options.gatewayEnv,
    });
    await serviceReady(fleet.gateway, fleet.gatewayUrl);
    return fleet;
  }

  /** Starts the engine of that number, again on its port. */
  async startEngine(index: number): Promise<void> {
    const before = this.engines[index];
    const port = before === undefined ? undefined : Number(new URL(before.url).port);
    const engine = await startEngineAlone(this.#folders[index] as string, this.#options.engineEnv, port);
    this.engines[index] = engine;
    await engineReady(engine);
  }

  /** SIGTERM, wait for its drain, start again, wait until it is ready. */
  async restartEngine(index: number): Promise<void> {
    const { running } = this.engines[index] as EngineProcess;
    running.kill('SIGTERM');
    const { code } = await running.exited;
    if (code !== 0) throw new Error(`engine ${index} ended with ${code}:\n${running.output.slice(-2000)}`);
    await this.startEngine(index);
  }

  async stop(): Promise<void> {
    await Promise.all([this.gateway?.end(), ...this.engines.map(({ running }) => running.end())]);
    await Promise.all(this.#folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}
