import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { engineReady, startEngineAlone } from './engine-process.ts';

const STORE = path.join(import.meta.dirname, '../../packages/store');

/**
 * Fills a new data folder with what an engine's first start makes (database, samples), which takes seconds:
 * made once for each version of the store, then copied.
 */
export async function copyPrepared(dataDir: string): Promise<void> {
  const prepared = path.join(tmpdir(), `penstock-prepared-${await versionOfStore()}`);
  const exists = await stat(prepared).then(
    () => true,
    () => false,
  );
  if (!exists) await prepare(prepared);
  await cp(prepared, dataDir, { recursive: true });
}

async function prepare(target: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'penstock-preparing-'));
  const engine = await startEngineAlone(folder);
  await engineReady(engine);
  engine.running.kill('SIGTERM');
  const { code } = await engine.running.exited;
  if (code !== 0) throw new Error(`the engine that prepares test data ended with ${code}:\n${engine.running.output}`);
  // Several test files may prepare at once: the first to finish wins, all are the same.
  await rename(folder, target).catch(() => rm(folder, { recursive: true, force: true }));
}

async function versionOfStore(): Promise<string> {
  const hash = createHash('sha256');
  const sources = (await readdir(path.join(STORE, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  // package.json names the version of the embedded database.
  for (const name of ['package.json', ...sources.map((each) => path.join('src', each))])
    hash.update(await readFile(path.join(STORE, name)));
  return hash.digest('hex').slice(0, 16);
}
