import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { systemClock } from '@penstock/clock';
import { requireServer } from '../../../../test/support/require-server.ts';
import { lockDataDir, openAnalyses, openSql } from '../../src/index.ts';
import { available, database, dataDir, KINDS } from '../support/databases.ts';

for (const kind of KINDS) {
  it(`Sql and AnalysisStore on ${kind}`, async (t) => {
    if (!requireServer(t, kind, await available(kind))) return;
    await using dir = await dataDir(kind);
    const { options, close } = await database(kind);
    const open = (folder = dir.path) => openSql({ ...options, dataDir: folder });
    let sql = await open();
    try {
      await t.test('gives values back as the same JavaScript types', async () => {
        const [row] = await sql.query<Record<string, unknown>>(
          `SELECT $1::text AS t, $2::bigint AS i, $3::bytea AS b, $4::timestamptz AS at, 1.5::float8 AS f, true AS yes, NULL AS nothing`,
          ['日本語 🙂', 2 ** 52 + 1, Buffer.from([0, 255, 92]), new Date(0)],
        );
        const expected = {
          t: '日本語 🙂',
          i: 2 ** 52 + 1,
          b: Buffer.from([0, 255, 92]),
          at: new Date(0),
          f: 1.5,
          yes: true,
          nothing: null,
        };
        assert.deepEqual({ ...row }, expected);
      });

      await t.test('refuses a bigint that a number would round', async () => {
        await assert.rejects(sql.query('SELECT 9007199254740993::bigint AS i'), /9007199254740993/);
        await sql.ping();
      });

      await t.test('reports a refused statement with its SQLSTATE', async () => {
        await assert.rejects(sql.query('SELECT nonsense'), (error: Error & { code?: string }) => error.code === '42703');
      });

      await t.test('rolls a failed transaction back, and goes on', async () => {
        await sql.query('CREATE TABLE trial (a integer)');
        const failing = sql.transaction(async (tx) => {
          await tx.query('INSERT INTO trial VALUES (1)');
          throw new Error('no');
        });
        await assert.rejects(failing, /^Error: no$/);
        const broken = sql.transaction(async (tx) => {
          await tx.query('INSERT INTO trial VALUES (2)');
          await tx.query('SELECT nonsense');
        });
        await assert.rejects(broken, /nonsense/);
        assert.deepEqual(await sql.query('SELECT * FROM trial'), []);
      });

      await t.test('keeps concurrent transactions apart', async () => {
        await sql.query('CREATE TABLE counter (n integer)');
        await sql.query('INSERT INTO counter VALUES (0)');
        const add = () =>
          sql.transaction(async (tx) => {
            const [row] = await tx.query<{ n: number }>('SELECT n FROM counter FOR UPDATE');
            await tx.query('UPDATE counter SET n = $1', [row!.n + 1]);
          });
        await Promise.all(Array.from({ length: 20 }, add));
        assert.deepEqual(
          (await sql.query<{ n: number }>('SELECT n FROM counter')).map(({ n }) => n),
          [20],
        );
      });

      await t.test('refuses a transaction within a transaction', async () => {
        await assert.rejects(
          sql.transaction((tx) => tx.transaction(async () => 1)),
          /do not nest/,
        );
      });

      await t.test('stores an analysis once, with its exact bytes, figures and report', async () => {
        const analyses = openAnalyses(sql);
        const body = Buffer.from('{"estimate":1.0000000000000002}\u0000é');
        await analyses.put('a1', body, { love_plot: '<svg>1</svg>', forest: '<svg>2</svg>' }, '<html>');
        await analyses.put('a1', Buffer.from('other'), { third: '<svg/>' });
        const stored = await analyses.get('a1');
        assert.deepEqual(stored?.body, body);
        assert.ok(Math.abs(Date.now() - stored!.createdAt.getTime()) < 60_000);
        assert.deepEqual(await analyses.figureNames('a1'), ['forest', 'love_plot']);
        assert.equal(await analyses.figure('a1', 'forest'), '<svg>2</svg>');
        assert.equal(await analyses.figure('a1', 'third'), undefined);
        assert.equal(await analyses.report('a1'), '<html>');
      });

      await t.test('knows nothing of an analysis that was never stored', async () => {
        const analyses = openAnalyses(sql);
        assert.equal(await analyses.get('none'), undefined);
        assert.deepEqual(await analyses.figureNames('none'), []);
        assert.equal(await analyses.report('none'), undefined);
      });

      await t.test('stores the same analysis twice at once without failing', async () => {
        const analyses = openAnalyses(sql);
        const puts = Array.from({ length: 5 }, () => analyses.put('a2', Buffer.from('x'), { f: '<svg/>' }));
        await Promise.all(puts);
        assert.deepEqual(await analyses.figureNames('a2'), ['f']);
      });

      await t.test('refuses the folder to a second opener', async () => {
        await assert.rejects(open(), /is in use: this process/);
      });

      await t.test('has it all again after being closed and opened', async () => {
        await sql.close();
        sql = await open();
        assert.equal(await openAnalyses(sql).report('a1'), '<html>');
      });

      await t.test('refuses a database that a newer program migrated', async () => {
        await sql.query('INSERT INTO schema_version VALUES (1000, now())');
        await sql.close();
        await assert.rejects(open(), /schema version 1000/);
        // Refused, it has given the folder up again.
        await (await lockDataDir(dir.path, systemClock)).release();
      });

      if (kind === 'postgres') {
        await t.test('several processes may migrate an empty database at once', async () => {
          const admin = new URL(options.postgresUrl!);
          const first = await openSqlAt(admin, 'template1', join(dir.path, 'x'));
          await first.query('CREATE DATABASE fresh');
          await first.close();
          const folders = ['a', 'b', 'c', 'd'].map((name) => join(dir.path, name));
          const opened = await Promise.all(folders.map((folder) => openSqlAt(admin, 'fresh', folder)));
          await Promise.all(opened.map((each) => openAnalyses(each).figureNames('none')));
          await Promise.all(opened.map((each) => each.close()));
        });
      }
    } finally {
      await sql.close().finally(close);
    }
  });
}

function openSqlAt(url: URL, name: string, dataDir: string) {
  const at = new URL(url);
  at.pathname = `/${name}`;
  return openSql({ postgresUrl: at.href, dataDir });
}
