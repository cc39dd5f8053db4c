import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSql } from '../../src/index.ts';
import { type TempDir, tempDir } from './temp-dir.ts';

const STORE = join(import.meta.dirname, '../..');

/**
 * A data folder whose embedded database has been opened before, by this version of the store. The first opening takes
 * five seconds; it is done once for all tests, in the temporary folder of the system, and copied.
 */
export async function preparedDir(): Promise<TempDir> {
  const prepared = join(tmpdir(), `penstock-store-prepared-${await version()}`);
  const exists = await stat(prepared).then(
    () => true,
    () => false,
  );
  if (!exists) await prepare(prepared);
  const dir = await tempDir();
  await cp(prepared, dir.path, { recursive: true });
  return dir;
}

async function prepare(target: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-store-preparing-'));
  const sql = await openSql({ dataDir: folder });
  await sql.close();
  // Several test files may prepare at once: the first to finish wins, all are the same.
  await rename(folder, target).catch(() => rm(folder, { recursive: true, force: true }));
}

async function version(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  const sql = join(STORE, 'src/sql');
  const files = (await readdir(sql)).sort().map((name) => join(sql, name));
  for (const file of [join(STORE, 'package.json'), ...files]) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}
