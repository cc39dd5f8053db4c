import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ProblemError } from '@penstock/contracts';
import { requireServer } from '../../../../test/support/require-server.ts';
import { samples } from '../../src/datasets/samples/index.ts';
import { toCsv } from '../../src/datasets/samples/to-csv.ts';
import { openDatasets, openSql } from '../../src/index.ts';
import { available, database, dataDir, KINDS } from '../support/databases.ts';
import { parquetOf } from '../support/parquet.ts';
import { pieces } from '../support/store.ts';

const CSV = 'id,y,w,place\n1,0.1,true,b\n2,,false,\n3,-2e5,true,a\n';
const hints = { maxBytes: 1e8 };
const upload = (text: string | Buffer): Readable => pieces(Buffer.from(text as string));
const withCode = (code: string) => (error: unknown) => error instanceof ProblemError && error.code === code;

for (const kind of KINDS) {
  it(`DatasetStore on ${kind}`, async (t) => {
    if (!requireServer(t, kind, await available(kind))) return;
    await using dir = await dataDir(kind);
    const { options, close } = await database(kind);
    const sql = await openSql({ ...options, dataDir: dir.path });
    const open = () => openDatasets({ sql, dataDir: dir.path });
    let store = await open();
    try {
      await t.test('registers every sample, protected, with its description', async () => {
        const ids = (await store.list()).map(({ id }) => id);
        assert.deepEqual(ids.toSorted(), ['cutoff', 'instrument', 'mini_retail', 'panel', 'test', 'trial']);
        for (const sample of samples()) {
          const dataset = await store.get(sample.id);
          assert.equal(dataset?.description, sample.description);
          assert.equal(dataset?.sample, true);
          await assert.rejects(store.remove(sample.id), withCode('dataset_protected'));
        }
      });

      await t.test('gives a sample uploaded as CSV the content hash of the sample', async () => {
        for (const sample of samples()) {
          const uploaded = await store.create(upload(toCsv(sample)), hints);
          const registered = await store.get(sample.id);
          assert.equal(uploaded.sha256, registered?.sha256, sample.id);
          assert.deepEqual(uploaded.columns, registered?.columns);
          assert.deepEqual(uploaded.preview, registered?.preview);
          await store.remove(uploaded.id);
        }
      });

      const made = await store.create(upload(CSV), { ...hints, filename: 'C:\\data\\my shops.csv' });
      const { id } = made;
      await t.test('sums columns up', async () => {
        assert.match(id, /^ds_[0-9a-f]{16}$/);
        assert.equal(made.name, 'my shops');
        assert.equal(made.rows, 3);
        assert.deepEqual(made.columns, [
          { name: 'id', type: 'number', missing: 0, distinct: 3, min: 1, max: 3, mean: 2 },
          { name: 'y', type: 'number', missing: 1, distinct: 2, min: -200000, max: 0.1, mean: (-200000 + 0.1) / 2 },
          { name: 'w', type: 'boolean', missing: 0, distinct: 2, min: 0, max: 1, mean: 2 / 3 },
          { name: 'place', type: 'text', missing: 1, distinct: 2, min: 'a', max: 'b', mean: null },
        ]);
        assert.deepEqual(made.preview, [
          [1, 0.1, true, 'b'],
          [2, null, false, null],
          [3, -2e5, true, 'a'],
        ]);
      });

      await t.test('loads the columns asked for, in the order asked', async () => {
        const { rows, columns } = await store.load(made, ['place', 'y', 'w']);
        assert.equal(rows, 3);
        assert.deepEqual(columns, [
          { name: 'place', type: 'text', levels: ['a', 'b'], codes: Int32Array.of(1, -1, 0) },
          { name: 'y', type: 'number', values: Float64Array.of(0.1, Number.NaN, -2e5) },
          { name: 'w', type: 'boolean', values: Float64Array.of(1, 0, 1) },
        ]);
      });

      await t.test('loads them again after the caller gave them away, with their file out of the way', async () => {
        const file = join(dir.path, 'datasets', `${id}.columns`);
        await rename(file, `${file}.aside`);
        for (let round = 0; round < 2; round++) {
          const { columns } = await store.load(made, ['w', 'place']);
          assert.deepEqual(columns, [
            { name: 'w', type: 'boolean', values: Float64Array.of(1, 0, 1) },
            { name: 'place', type: 'text', levels: ['a', 'b'], codes: Int32Array.of(1, -1, 0) },
          ]);
          const buffers = columns.map((column) => ('values' in column ? column.values : column.codes).buffer as ArrayBuffer);
          structuredClone(columns, { transfer: buffers });
        }
        await rename(`${file}.aside`, file);
      });

      await t.test('refuses columns and data sets that do not exist', async () => {
        await assert.rejects(store.load(made, ['y', 'Y']), /RangeError: the data set has no column "Y"/);
        await assert.rejects(store.load({ ...made, id: 'ds_none', sha256: 'none' }, ['y']), withCode('dataset_not_found'));
        assert.equal(await store.get('ds_none'), undefined);
        assert.equal(await store.remove('ds_none'), false);
      });

      await t.test('gives the same content the same hash in every format, and other content another', async () => {
        const parquet = join(dir.path, 'x.parquet');
        await parquetOf(
          `SELECT * FROM (VALUES (1, 0.1::DOUBLE, true, 'b'), (2, NULL, false, NULL), (3, -2e5, true, 'a')) v(id, y, w, place)`,
          parquet,
        );
        const same = [
          CSV.replaceAll(',', '\t'),
          CSV.replaceAll(',', ';').replaceAll('\n', '\r\n'),
          gzipSync(CSV),
          '[{"id":1,"y":0.1,"w":true,"place":"b"},{"id":2,"w":false,"y":null},{"id":3,"y":-200000,"w":true,"place":"a"}]',
          '{"id":1,"y":0.10,"w":true,"place":"b"}\n{"id":2,"w":false}\n{"id":3,"y":-2e5,"w":true,"place":"a"}\n',
          await readFile(parquet),
        ];
        for (const content of same) assert.equal((await store.create(upload(content), hints)).sha256, made.sha256);
        const other = [
          CSV.replace('place', 'Place'),
          CSV.replace('0.1', '0.2'),
          CSV.replace('3,-2e5,true,a\n', ''),
          'y,id,w,place\n0.1,1,true,b\n,2,false,\n-2e5,3,true,a\n',
        ];
        for (const content of other) assert.notEqual((await store.create(upload(content), hints)).sha256, made.sha256);
      });

      await t.test('takes many uploads at once', async () => {
        const created = await Promise.all(Array.from({ length: 8 }, (_, k) => store.create(upload(`a\n${k}\n`), hints)));
        for (const [k, each] of created.entries()) {
          assert.deepEqual((await store.load(each, ['a'])).columns[0], { name: 'a', type: 'number', values: Float64Array.of(k) });
        }
      });

      await t.test('gives an upload up when its signal aborts, and leaves nothing of it', async () => {
        const before = (await store.list()).length;
        const abort = new AbortController();
        const endless = Readable.from(
          (function* () {
            yield Buffer.from('a,b\n');
            for (let row = 0; ; row++) {
              if (row === 1000) abort.abort(new Error('gone'));
              yield Buffer.from(`${row},1\n`);
            }
          })(),
        );
        await assert.rejects(store.create(endless, { ...hints, signal: abort.signal }), /gone/);
        assert.equal((await store.list()).length, before);
        assert.deepEqual(await readdir(join(dir.path, 'uploads')), []);
      });

      await t.test('fails an upload whose client hangs up, and leaves nothing of it', async () => {
        const source = new Readable({ read: () => undefined });
        source.push('a,b\n1,2\n');
        setImmediate(() => source.destroy(new Error('hung up')));
        await assert.rejects(store.create(source, hints), /hung up/);
        assert.deepEqual(await readdir(join(dir.path, 'uploads')), []);
      });

      await t.test('deletes row and file', async () => {
        assert.equal(await store.remove(id), true);
        assert.equal(await store.get(id), undefined);
        assert.ok(!(await readdir(join(dir.path, 'datasets'))).includes(`${id}.columns`));
        assert.deepEqual(await sql.query('SELECT * FROM dataset_chunks WHERE dataset_id = $1', [id]), []);
      });

      await t.test('has everything again after a restart, and registers no sample twice', async () => {
        const before = await store.list();
        await store.close();
        store = await open();
        assert.deepEqual(await store.list(), before);
      });

      if (kind === 'postgres') {
        await t.test('serves a data set that another engine took, once it was fetched', async () => {
          const shared = await store.create(upload(CSV), hints);
          await rm(join(dir.path, 'datasets', `${shared.id}.columns`));
          const loads = await Promise.all([1, 2, 3].map(() => store.load(shared, ['id'])));
          for (const { columns } of loads)
            assert.deepEqual(columns[0], { name: 'id', type: 'number', values: Float64Array.of(1, 2, 3) });
        });
      }
    } finally {
      await store.close();
      await sql.close().finally(close);
    }
  });
}
