import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { portOf } from './relay.ts';
import { type RetryingLoadOptions, runRetryingLoad } from './retrying-load.ts';

describe('the load of clients that retry', () => {
  let target: http.Server;
  let url: string;
  let asked = 0;

  /** Refuses, does not answer, answers; then again. */
  before(async () => {
    target = http.createServer((_request, reply) => {
      const turn = asked++ % 3;
      if (turn === 0) reply.writeHead(503).end('{"code":"overloaded"}');
      else if (turn === 2) reply.end('{}');
    });
    target.listen(0, '127.0.0.1');
    await once(target, 'listening');
    url = `http://127.0.0.1:${portOf(target)}`;
  });
  after(() => {
    target.closeAllConnections();
    target.close();
  });

  const run = (options: Partial<RetryingLoadOptions>) => {
    asked = 0;
    const phases = [{ rps: 1, seconds: 1 }];
    return runRetryingLoad({
      url,
      phases,
      tries: 3,
      timeoutMs: 300,
      pauseMs: 1,
      body: (index) => ({ index }),
      seed: 1,
      ...options,
    });
  };

  it('tries again after refusals and timeouts until it is answered', async () => {
    const [call, ...others] = await run({ tries: 5 });
    assert.deepEqual(others, []);
    assert.equal(call?.answered, true);
    assert.deepEqual(
      call.tries.map(({ index, status, code }) => [index, status, code]),
      [
        [0, 503, 'overloaded'],
        [1, 0, 'client_timeout'],
        [2, 200, undefined],
      ],
    );
  });

  it('gives up after its tries', async () => {
    const [call] = await run({ tries: 2 });
    assert.equal(call?.answered, false);
    assert.equal(call.tries.length, 2);
  });

  it('keeps the rate of each phase, at moments that depend on the seed alone', async () => {
    const phases = [
      { rps: 100, seconds: 0.5 },
      { rps: 20, seconds: 0.5 },
    ];
    const calls = await run({ phases, tries: 1 });
    assert.equal(calls.length, 60);
    for (const [index, { startedMs }] of calls.entries()) {
      const slotMs = index < 50 ? index * 10 : 500 + (index - 50) * 50;
      // Timers are whole milliseconds; a busy machine is late, never early.
      assert.ok(startedMs >= slotMs - 5, `call ${index} at ${startedMs} ms`);
    }
  });

  for (const [options, message] of [
    [{ url: 'http://192.0.2.1:80' }, /only to 127\.0\.0\.1, received 192\.0\.2\.1/],
    [{ tries: 10, phases: [{ rps: 100, seconds: 30 }] }, /up to 30000 tries/],
    [{ phases: [{ rps: 1, seconds: 400 }] }, /400 s of load/],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => assert.rejects(run(options), message));
  }
});
