import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort, Running, until } from './process.ts';
import type { Available } from './require-server.ts';

const PROGRAM = 'prometheus-alertmanager';

export async function alertmanagerAvailable(): Promise<Available> {
  try {
    await promisify(execFile)(PROGRAM, ['--version']);
    return true;
  } catch (error) {
    return `${PROGRAM} cannot be run (${(error as Error).message.split('\n')[0]})`;
  }
}

/** An alert as the API has it. */
export interface ManagedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly state: 'active' | 'suppressed' | 'unprocessed'; readonly inhibitedBy: readonly string[] };
}

/** An Alertmanager of its own on a free port of 127.0.0.1. */
export class Alertmanager {
  /** host:port */
  readonly address: string;
  readonly #folder: string;
  readonly #running: Running;

  private constructor(address: string, folder: string, running: Running) {
    this.address = address;
    this.#folder = folder;
    this.#running = running;
  }

  /** @param configuration text of alertmanager.yml */
  static async start(configuration: string): Promise<Alertmanager> {
    const folder = await mkdtemp(path.join(tmpdir(), 'penstock-alertmanager-'));
    const config = path.join(folder, 'alertmanager.yml');
    await writeFile(config, configuration);
    const address = `127.0.0.1:${await freePort()}`;
    const running = new Running(
      spawn(PROGRAM, [
        `--config.file=${config}`,
        `--storage.path=${path.join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        // One alone: nothing listens for others.
        '--cluster.listen-address=',
      ]),
    );
    await until('Alertmanager', async () => {
      if (!running.running) throw new Error(`Alertmanager ended:\n${running.output}`);
      return (await fetch(`http://${address}/-/ready`).catch(() => undefined))?.status === 200;
    });
    return new Alertmanager(address, folder, running);
  }

  async alerts(): Promise<readonly ManagedAlert[]> {
    return (await (await fetch(`http://${this.address}/api/v2/alerts`)).json()) as ManagedAlert[];
  }

  /** Tells of alerts as Prometheus does, by their labels. */
  async tell(alerts: readonly Readonly<Record<string, string>>[]): Promise<void> {
    const reply = await fetch(`http://${this.address}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts.map((labels) => ({ labels }))),
    });
    if (reply.status !== 200) throw new Error(`Alertmanager answered ${reply.status}: ${await reply.text()}`);
  }

  async stop(): Promise<void> {
    await this.#running.end();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
