import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openAnalyses, openDatasets, openSql } from '../../src/index.ts';
import { preparedDir } from '../support/prepared-dir.ts';

it('PGlite: what was stored is there after a SIGKILL right behind it, and the dead lock is taken over', async () => {
  await using dir = await preparedDir();
  const script = fileURLToPath(new URL('./put-then-die.ts', import.meta.url));
  const child = spawn(process.execPath, [script, dir.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let id = '';
  child.stdout.on('data', (chunk) => {
    id += String(chunk);
  });
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGKILL');

  const sql = await openSql({ dataDir: dir.path });
  const datasets = await openDatasets({ sql, dataDir: dir.path, samples: false });
  assert.deepEqual((await openAnalyses(sql).get('kept'))?.body, Buffer.alloc(300_000, 7));
  const stored = await datasets.get(id);
  assert.ok(stored !== undefined);
  const { columns } = await datasets.load(stored, ['y']);
  assert.deepEqual(columns[0], { name: 'y', type: 'number', values: Float64Array.of(1, 2) });
  await datasets.close();
  await sql.close();
});
