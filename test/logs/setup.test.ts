/** deploy/logs/setup.sh against servers that record what they are asked. The real Elasticsearch is in test/elasticsearch. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { savedObjects } from './support/deployed.ts';

const SETUP = path.join(import.meta.dirname, '../../deploy/logs/setup.sh');

interface Asked {
  readonly what: string;
  readonly body: string;
  readonly xsrf: boolean;
}
type Answers = Readonly<Record<string, readonly [status: number, body: string]>>;

/** Answers 200 `{}` to whatever is not listed. */
async function scripted(t: TestContext, answers: Answers = {}) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const what = `${request.method} ${request.url}`;
    asked.push({ what, body: await text(request), xsrf: request.headers['kbn-xsrf'] !== undefined });
    const [status, body] = answers[what] ?? [200, '{}'];
    response.writeHead(status, { connection: 'close' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function setUp(elasticsearch: string, kibana: string): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env.PATH, ELASTICSEARCH_URL: elasticsearch, KIBANA_URL: kibana, KIBANA_WAIT_S: '0' };
  return new Promise((resolve) => {
    execFile('bash', [SETUP], { env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

const IMPORT = 'POST /api/saved_objects/_import?overwrite=true';
const TAKEN: Answers = { [IMPORT]: [200, '{"successCount":3,"success":true}'] };

test('the lifecycle is put before the template that names it, then Kibana gets the saved objects', async (t) => {
  const [elasticsearch, kibana] = [await scripted(t), await scripted(t, TAKEN)];
  const { code, output } = await setUp(elasticsearch.url, kibana.url);
  assert.equal(code, 0, output);
  assert.deepEqual(
    elasticsearch.asked.map(({ what }) => what),
    [
      'GET /_ilm/policy',
      'PUT /_ilm/policy/penstock-logs',
      'PUT /_component_template/penstock-logs-lifecycle',
      'PUT /_index_template/penstock-logs',
    ],
  );
  for (const { what, body } of elasticsearch.asked.slice(1)) assert.ok(JSON.parse(body), what);
  const [ready, sent] = kibana.asked;
  assert.equal(ready?.what, 'GET /api/status');
  assert.equal(sent?.what, IMPORT);
  assert.ok(sent.xsrf, 'Kibana refuses a request without kbn-xsrf');
  for (const object of savedObjects) assert.ok(sent.body.includes(JSON.stringify(object)), object.id);
});

test('without lifecycles only the template is put; without Kibana nothing is waited for', async (t) => {
  const elasticsearch = await scripted(t, { 'GET /_ilm/policy': [400, '{"error":"no handler found for uri [/_ilm/policy]"}'] });
  const { code, output } = await setUp(elasticsearch.url, '');
  assert.equal(code, 0, output);
  assert.deepEqual(
    elasticsearch.asked.map(({ what }) => what),
    ['GET /_ilm/policy', 'PUT /_index_template/penstock-logs'],
  );
  assert.match(output, /without index lifecycles.*\n.*\nKIBANA_URL is empty/);
});

for (const [what, answers, said] of [
  [
    'a template that Elasticsearch refuses',
    { 'PUT /_index_template/penstock-logs': [400, '{"error":"no such type"}'] },
    /PUT .*\/_index_template\/penstock-logs answered 400: {"error":"no such type"}/,
  ],
  [
    'saved objects that Kibana does not all take',
    { [IMPORT]: [200, '{"success":false}'] },
    /did not take all saved objects: {"success":false}/,
  ],
  ['a Kibana that does not become ready', { 'GET /api/status': [503, ''] }, /Kibana at .* is not ready/],
] as const satisfies readonly (readonly [string, Answers, RegExp])[]) {
  test(`${what} ends the setup with an error that says so`, async (t) => {
    const server = await scripted(t, answers);
    const { code, output } = await setUp(server.url, server.url);
    assert.notEqual(code, 0);
    assert.match(output, said);
  });
}
