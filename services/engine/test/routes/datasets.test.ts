import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { TestEngine } from '../support/engine.ts';

interface DatasetBody {
  readonly id: string;
  readonly name: string;
  readonly rows: number;
  readonly sample: boolean;
  readonly code: string;
  readonly detail: string;
}

const CSV = 'y,w\n1,0\n2,1\n3,0\n';

const form = (...parts: readonly string[]) => ({
  headers: { 'content-type': 'multipart/form-data; boundary=b' },
  payload: `${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`,
});
const filePart = (name: string, content: string) =>
  `content-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n${content}`;

describe('data sets', () => {
  let engine: TestEngine;
  before(async () => {
    engine = await TestEngine.start();
  });
  after(() => engine.stop());
  const post = (rest: object, query = '') => engine.send<DatasetBody>({ method: 'POST', url: `/api/datasets${query}`, ...rest });

  it('come as a raw body of any type, plain or compressed, with a name from the query', async () => {
    for (const [type, payload] of [
      ['text/csv', CSV],
      ['application/octet-stream', CSV],
      ['application/gzip', gzipSync(CSV)],
      ['application/json', '[{"y":1,"w":0},{"y":2,"w":1},{"y":3,"w":0}]'],
      ['application/x-ndjson', '{"y":1,"w":0}\n{"y":2,"w":1}\n{"y":3,"w":0}\n'],
    ] as const) {
      const { status, body, headers } = await post({ headers: { 'content-type': type }, payload }, '?name=three%20rows');
      assert.equal(status, 201, type);
      assert.deepEqual([body.name, body.rows, body.sample], ['three rows', 3, false]);
      assert.equal(headers.location, `/api/datasets/${body.id}`);
    }
  });

  it('count by their size once they are taken, and not when they are refused', async () => {
    const sizes = () => engine.metric('file_size_processed_bytes_count');
    const before = await sizes();
    assert.equal((await post({ headers: { 'content-type': 'text/csv' }, payload: CSV })).status, 201);
    assert.ok((await post({ headers: { 'content-type': 'text/csv' }, payload: '' })).status >= 400);
    assert.equal(await sizes(), before + 1);
    assert.ok((await engine.metric('file_size_processed_bytes_sum')) > 0);
  });

  it('come as the first file of a form, after other fields', async () => {
    const { status, body } = await post(form('content-disposition: form-data; name="note"\r\n\r\nhello', filePart('x.csv', CSV)));
    assert.equal(status, 201);
    assert.deepEqual([body.name, body.rows], ['x', 3]);
  });

  it('are refused with a reason: forms without a file or boundary, empty and unreadable uploads, unknown queries', async () => {
    const cases: readonly (readonly [object, string, number, RegExp])[] = [
      [form('content-disposition: form-data; name="note"\r\n\r\nhello'), '', 400, /no file/],
      [{ headers: { 'content-type': 'multipart/form-data' }, payload: 'x' }, '', 400, /cannot be read|boundary/i],
      [{ headers: { 'content-type': 'text/csv' }, payload: '' }, '', 422, /empty/],
      [form(filePart('x.csv', '')), '', 422, /empty/],
      [form(filePart('x.csv', 'a,b\n1,2,3\n')), '', 422, /Line 2/],
      [{ headers: { 'content-type': 'text/csv' }, payload: Buffer.from([0, 1, 2, 255, 254]) }, '', 422, /./],
      [{ headers: { 'content-type': 'text/csv' }, payload: CSV }, '?nam=x', 400, /nam/],
      [{ headers: { 'content-type': 'text/csv', 'content-length': String(2 ** 31) }, payload: CSV }, '', 413, /at most/],
    ];
    for (const [request, query, status, detail] of cases) {
      const answer = await post(request, query);
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.body.detail, detail);
    }
  });

  it('are listed, described, used for suggestions and removed; samples stay', async () => {
    const id = await engine.upload(CSV);
    const { body: list } = await engine.send<{ datasets: DatasetBody[] }>({ url: '/api/datasets' });
    assert.ok(list.datasets.some((each) => each.id === 'test' && each.sample));
    assert.ok(list.datasets.some((each) => each.id === id && !each.sample));
    assert.equal((await engine.send<DatasetBody>({ url: `/api/datasets/${id}` })).body.rows, 3);
    const roles = await engine.send<{ suggested_roles: { role: string }[] }>({
      method: 'POST',
      url: '/api/roles/infer',
      payload: { dataset_id: 'test' },
    });
    assert.ok(roles.body.suggested_roles.some(({ role }) => role === 'treatment'));

    assert.equal((await engine.send({ method: 'DELETE', url: `/api/datasets/${id}` })).status, 204);
    for (const method of ['GET', 'DELETE'] as const) {
      const gone = await engine.send({ method, url: `/api/datasets/${id}` });
      assert.equal(gone.status, 404);
      assert.equal(gone.body.code, 'dataset_not_found');
    }
    const kept = await engine.send({ method: 'DELETE', url: '/api/datasets/test' });
    assert.equal(kept.status, 409);
    assert.equal(kept.body.code, 'dataset_protected');
  });
});
