import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { type LoadOptions, runLoad } from './load.ts';
import { portOf } from './relay.ts';

describe('the load generator', () => {
  let target: http.Server;
  let url: string;
  const bodies: string[] = [];
  const methods: string[] = [];

  before(async () => {
    target = http.createServer((request, reply) => {
      let text = '';
      if (request.url === '/read') {
        methods.push(request.method ?? '');
        reply.end('{}');
        return;
      }
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      request.on('end', () => {
        bodies.push(text);
        const { number } = JSON.parse(text) as { number: number };
        if (number % 4 === 1) reply.writeHead(503, { 'retry-after': '7' }).end('{"code":"overloaded"}');
        else if (number % 4 === 2) request.socket.resetAndDestroy();
        else if (number % 4 === 0) reply.end('{}');
      });
    });
    target.listen(0, '127.0.0.1');
    await once(target, 'listening');
    url = `http://127.0.0.1:${portOf(target)}`;
  });
  after(() => {
    target.closeAllConnections();
    target.close();
  });

  const run = (options: Partial<LoadOptions>) =>
    runLoad({ url, rps: 100, calls: 8, body: (number) => ({ number }), timeoutMs: 1500, ...options });

  it('counts each call once, however it ends: answered, refused, reset or never answered', async () => {
    const { calls, ok, okShare, summary } = await run({});
    assert.deepEqual(
      calls.map(({ index, status, code, retryAfterS }) => [index, status, code, retryAfterS]),
      Array.from({ length: 8 }, (_, index) => [
        [index, 200, undefined, undefined],
        [index, 503, 'overloaded', 7],
        [index, 0, 'ECONNRESET', undefined],
        [index, 0, 'client_timeout', undefined],
      ]).map((kinds, index) => kinds[index % 4]),
    );
    assert.equal(ok, 2);
    assert.equal(okShare, 0.25);
    assert.equal(summary, '200: 2, 503 overloaded: 2, 0 ECONNRESET: 2, 0 client_timeout: 2');
  });

  it('reads where it is given no body', async () => {
    const reading = { url, rps: 100, calls: 1, timeoutMs: 1500, path: '/read' };
    const { ok } = await runLoad(reading);
    assert.equal(ok, 1);
    assert.deepEqual(methods.splice(0), ['GET']);
  });

  it('keeps its rate although nothing is answered, with a body of its own for each call', async () => {
    bodies.length = 0;
    const { calls, percentile } = await run({ calls: 20, rps: 50, body: (number) => ({ number: 3, distinct: number }) });
    assert.equal(new Set(bodies).size, 20);
    // The last arrival is due after 380 ms, which timers may be short of by a little, long before the first call is given up.
    assert.ok(calls[19]!.startedMs >= 375 && calls[19]!.startedMs < 1500, `${calls[19]!.startedMs} ms`);
    assert.ok(Number.isNaN(percentile(0.5)));
  });

  for (const [options, message] of [
    [{ url: 'http://192.0.2.1:80' }, /only to 127\.0\.0\.1, received 192\.0\.2\.1/],
    [{ rps: 5000 }, /rps: received 5000/],
    [{ rps: 0 }, /rps: received 0/],
    [{ calls: 100_000 }, /calls: received 100000/],
    [{ calls: 20_000, rps: 1 }, /too long/],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => assert.rejects(run(options), message));
  }
});
