import assert from 'node:assert/strict';
import { it } from 'node:test';
import { postgresAvailable, startPostgres } from '../../../../test/support/postgres.ts';
import { requireServer } from '../../../../test/support/require-server.ts';
import { openAnalyses, openSql, SqlUnavailable } from '../../src/index.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

it('a PostgreSQL that crashes and comes back: calls fail as unavailable meanwhile, then work again', async (t) => {
  if (!requireServer(t, 'PostgreSQL', await postgresAvailable())) return;
  await using dir = await tempDir();
  const postgres = await startPostgres();
  const warnings: string[] = [];
  const logger = { info: () => undefined, warn: (_: object, message: string) => void warnings.push(message) };
  const sql = await openSql({ postgresUrl: postgres.url, dataDir: dir.path, logger });
  try {
    const analyses = openAnalyses(sql);
    await Promise.all(['a', 'b', 'c'].map((id) => analyses.put(id, Buffer.from(id), {})));
    await postgres.crash();
    await assert.rejects(sql.query('SELECT 1'), SqlUnavailable);
    await assert.rejects(sql.ping(), SqlUnavailable);
    await assert.rejects(analyses.put('d', Buffer.from('d'), {}), SqlUnavailable);
    assert.ok(warnings.includes('An idle database connection was lost'));
    await postgres.start();
    await until('the database answers', () =>
      sql.ping().then(
        () => true,
        () => false,
      ),
    );
    assert.equal(String((await analyses.get('b'))?.body), 'b');
    assert.equal(await analyses.get('d'), undefined);
  } finally {
    await sql.close().finally(() => postgres.close());
  }
});

it('a PostgreSQL that is not there stops the opening with SqlUnavailable, and the folder is free again', async () => {
  await using dir = await tempDir();
  for (let attempt = 0; attempt < 2; attempt++) {
    await assert.rejects(openSql({ postgresUrl: 'postgres://x@127.0.0.1:1/x', dataDir: dir.path }), SqlUnavailable);
  }
});

it('a PostgreSQL whose connections are all busy for longer than a connection may take is waited for', async (t) => {
  if (!requireServer(t, 'PostgreSQL', await postgresAvailable())) return;
  await using dir = await tempDir();
  const postgres = await startPostgres();
  const sql = await openSql({ postgresUrl: postgres.url, dataDir: dir.path });
  try {
    const busy = Array.from({ length: 10 }, () => sql.query('SELECT pg_sleep(2.3)'));
    const rows = await Promise.all([sql.query('SELECT 1 AS one'), sql.transaction((tx) => tx.query('SELECT 1 AS one'))]);
    assert.deepEqual(rows, [[{ one: 1 }], [{ one: 1 }]]);
    await Promise.all(busy);
  } finally {
    await sql.close().finally(() => postgres.close());
  }
});
