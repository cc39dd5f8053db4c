import path from 'node:path';
import { freePort, type Running, runNode, until } from './process.ts';

const MAIN = path.join(import.meta.dirname, '../../services/engine/src/main.ts');

export interface EngineProcess {
  readonly running: Running;
  readonly url: string;
}

/** Starts an engine by itself on a free port. */
export async function startEngineAlone(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  port?: number,
  stdout?: number,
): Promise<EngineProcess> {
  const chosen = port ?? (await freePort());
  const running = runNode(MAIN, { ENGINE_PORT: String(chosen), DATA_DIR: dataDir, LOG_FORMAT: 'ecs', ...env }, stdout);
  return { running, url: `http://127.0.0.1:${chosen}` };
}

export const engineReady = ({ running, url }: EngineProcess): Promise<true> => serviceReady(running, url);

/** Waits until a service says that it is ready; fails with its output when it ends before. */
export function serviceReady(service: Running, url: string): Promise<true> {
  return until(
    `${url}/health/ready`,
    async () => {
      if (!service.running) throw new Error(`the service ended before it was ready:\n${service.output}`);
      const reply = await fetch(`${url}/health/ready`).catch(() => undefined);
      return reply?.status === 200;
    },
    60_000,
  );
}
