import assert from 'node:assert/strict';
import http, { type IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { type Problem, ProblemError, toProblem } from '@penstock/contracts';
import { json, World } from './support/world.ts';

const ANALYZE = '/api/analyze/comprehensive';
const post = (world: World, headers: Record<string, string> = {}) =>
  fetch(`${world.url}${ANALYZE}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"a": 1 }',
  });
const problem = async (reply: Response) => (await reply.json()) as Problem;

async function inWorld(env: Record<string, string>, test: (world: World) => Promise<void>): Promise<void> {
  const world = await World.start(env);
  try {
    await test(world);
  } finally {
    await world.stop();
  }
}

/** Starts an upload and writes its first bytes; the caller goes on with it. */
function uploading(
  world: World,
  agent?: http.Agent,
): { request: http.ClientRequest; reply: Promise<{ status: number; text: string }> } {
  const headers = { 'content-type': 'text/csv' };
  const request = http.request({
    port: world.port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/api/datasets',
    headers,
    ...(agent && { agent }),
  });
  const reply = new Promise<{ status: number; text: string }>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (message: IncomingMessage) => {
      let text = '';
      message.on('data', (chunk: Buffer) => (text += chunk.toString()));
      message.on('end', () => resolve({ status: message.statusCode ?? 0, text }));
    });
  });
  request.write('a,b\n1,2\n');
  return { request, reply };
}

describe('the gateway before a scripted engine', () => {
  it('forwards the bytes of a body as they came, with what is left of the deadline and the attempt’s number', () =>
    inWorld({}, async (world) => {
      let body = '';
      world.answer = (request, response) => {
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => json(response, 200, { ok: true }));
      };
      assert.equal((await post(world, { 'request-timeout': '10' })).status, 200);
      assert.equal(body, '{"a": 1 }');
      const { headers } = world.seen[0]!;
      const left = Number(headers['penstock-deadline-ms']);
      assert.ok(left > 9000 && left <= 10_000, String(left));
      assert.equal(headers['penstock-attempt'], '1');
    }));

  it('asks again when a reply is cut in its body, and the client sees only the whole one', () =>
    inWorld({}, async (world) => {
      world.answer = (_request, response) => {
        if (world.seen.length === 1) {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
          response.write('{"half":', () => response.destroy());
        } else json(response, 200, { whole: true });
      };
      const reply = await post(world);
      assert.equal(reply.status, 200);
      assert.deepEqual(await reply.json(), { whole: true });
      assert.deepEqual(
        world.seen.map(({ headers }) => headers['penstock-attempt']),
        ['1', '2'],
      );
    }));

  it('takes the engine’s Retry-After as the least to wait, and hands on one that does not fit', () =>
    inWorld({ TOTAL_TIMEOUT_MS: '5000' }, async (world) => {
      const busy = toProblem(new ProblemError('overloaded', 'queue full'));
      world.answer = (_request, response) =>
        world.seen.length === 1 ? json(response, 503, busy, { 'retry-after': '1' }) : json(response, 200, {});
      const startedAt = performance.now();
      assert.equal((await post(world)).status, 200);
      assert.ok(performance.now() - startedAt >= 1000);
      const inAMinute = new Date(Date.now() + 60_000).toUTCString();
      world.answer = (_request, response) => json(response, 503, busy, { 'retry-after': inAMinute });
      const refused = await post(world);
      assert.equal(refused.status, 503);
      assert.ok(Number(refused.headers.get('retry-after')) > 50, String(refused.headers.get('retry-after')));
      assert.equal((await problem(refused)).code, 'overloaded');
    }));

  it('passes the engine’s own word on where it has one', () =>
    inWorld({ RETRY_ATTEMPTS: '1' }, async (world) => {
      world.answer = (_request, response) =>
        json(response, 503, toProblem(new ProblemError('storage_unavailable', 'no database')));
      assert.equal((await problem(await post(world))).code, 'storage_unavailable');
    }));

  it('counts the problems that the client got, the engine’s own among them, once each', () =>
    inWorld({ RETRY_ATTEMPTS: '2' }, async (world) => {
      world.answer = (_request, response) => json(response, 422, toProblem(new ProblemError('invalid_analysis', 'no')));
      assert.equal((await post(world)).status, 422);
      world.answer = (_request, response) =>
        json(response, 503, toProblem(new ProblemError('storage_unavailable', 'no database')));
      assert.equal((await post(world)).status, 503);
      assert.equal(world.seen.length, 3);
      assert.equal(await world.metric('error_reasons_total{code="invalid_analysis"}'), 1);
      assert.equal(await world.metric('reject_total{reason="invalid_analysis"}'), 1);
      assert.equal(await world.metric('error_reasons_total{code="storage_unavailable"}'), 1);
    }));

  it('deletes once: a lost answer is told, not asked for again', () =>
    inWorld({}, async (world) => {
      world.answer = (request) => request.socket.destroy();
      assert.equal((await fetch(`${world.url}/api/datasets/x`, { method: 'DELETE' })).status, 503);
      assert.equal(world.seen.length, 1);
    }));

  it('learns how fast answers are for each route by itself', () =>
    inWorld({}, async (world) => {
      world.answer = (request, response) => void setTimeout(() => json(response, 200, {}), request.url === ANALYZE ? 600 : 0);
      assert.equal((await post(world)).status, 200);
      assert.equal((await fetch(`${world.url}/api/estimators`, { headers: { 'request-timeout': '0.4' } })).status, 200);
      const hopeless = await problem(await post(world, { 'request-timeout': '0.4' }));
      assert.equal(hopeless.code, 'deadline_exceeded');
      assert.match(hopeless.detail, /leaves less than the \d+ ms that the fastest answer lately took; given up after 0 attempts/);
    }));
});

describe('an upload', () => {
  it('whose sender falls silent is refused with 408, and never counts against the engine', () =>
    inWorld({ UPLOAD_IDLE_MS: '200' }, async (world) => {
      world.answer = (request) => request.resume();
      for (let i = 0; i < 6; i++) {
        const { request, reply } = uploading(world);
        const { status, text } = await reply;
        assert.equal(status, 408);
        assert.match(text, /No byte of the upload came for 0.2 s/);
        request.destroy();
      }
      assert.equal(await world.failures(), 0);
    }));

  it('that arrives too slowly for its attempt is refused with 408, and never counts against the engine', () =>
    inWorld({ ATTEMPT_TIMEOUT_MS: '500' }, async (world) => {
      world.answer = (request) => request.resume();
      const { request, reply } = uploading(world);
      const dripping = setInterval(() => request.write('3,4\n'), 50);
      assert.match((await reply).text, /did not arrive within 0.45 s/);
      clearInterval(dripping);
      request.destroy();
      assert.equal(await world.failures(), 0);
    }));

  it('that is refused leaves its connection fit for the next request', () =>
    inWorld({ RETRY_ATTEMPTS: '1' }, async (world) => {
      world.answer = (request) => request.socket.destroy();
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
      const { request, reply } = uploading(world, agent);
      for (let i = 0; i < 200; i++) request.write('1,2\n'.repeat(4096));
      request.end();
      assert.equal((await reply).status, 503);
      const startedAt = performance.now();
      await new Promise((resolve, reject) =>
        http
          .get({ port: world.port, host: '127.0.0.1', path: '/health/live', agent }, (message) =>
            message.resume().on('end', resolve),
          )
          .on('error', reject),
      );
      assert.ok(performance.now() - startedAt < 5000);
      agent.destroy();
    }));
});
