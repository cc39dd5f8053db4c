import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { FaultProxy } from './fault-proxy.ts';
import { until } from './process.ts';
import { portOf } from './relay.ts';

const BODY = 'x'.repeat(20_000);

describe('the fault proxy', () => {
  let target: http.Server;
  let proxy: FaultProxy;
  const agents: http.Agent[] = [];

  before(async () => {
    target = http.createServer((request, reply) => request.resume().on('end', () => reply.end(BODY)));
    target.listen(0, '127.0.0.1');
    await once(target, 'listening');
  });
  beforeEach(async () => {
    proxy?.close();
    for (const agent of agents.splice(0)) agent.destroy();
    proxy = await FaultProxy.start();
    proxy.targetPort = portOf(target);
  });
  after(() => {
    proxy.close();
    for (const agent of agents) agent.destroy();
    target.closeAllConnections();
    target.close();
  });

  function agent(): http.Agent {
    const kept = new http.Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(kept);
    return kept;
  }

  /** The reply's length, or the code of the error; `limitMs` ends waiting with 'timeout'. */
  const ask = (through: http.Agent = agent(), limitMs = 5000): Promise<number | string> =>
    new Promise((resolve) => {
      const request = http.get({ host: '127.0.0.1', port: proxy.port, agent: through }, (reply) => {
        let length = 0;
        reply.on('data', (chunk: Buffer) => (length += chunk.length));
        reply.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        reply.on('end', () => resolve(length));
      });
      const timer = setTimeout(() => {
        resolve('timeout');
        request.destroy();
      }, limitMs);
      request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      request.on('close', () => clearTimeout(timer));
    });

  it('knows the requests that a reset kept from the target', async () => {
    let arrived = 0;
    const count = (): void => void arrived++;
    target.on('request', count);
    proxy.resetAtRandom(0.5, 3);
    const kept = agent();
    for (let i = 0; i < 40; i++) await ask(kept);
    target.off('request', count);
    assert.equal(arrived + proxy.lost.length, 40);
    assert.equal(proxy.lost.length, proxy.resetCount);
    assert.deepEqual(new Set(proxy.lost), new Set(['GET / HTTP/1.1']));
  });

  it('passes everything on where it has no fault', async () => {
    const kept = agent();
    assert.deepEqual([await ask(kept), await ask(kept)], [BODY.length, BODY.length]);
  });

  it('cuts: connections are reset, new ones refused, until it is restored', async () => {
    const kept = agent();
    await ask(kept);
    proxy.delayMs = 200;
    const pending = ask(kept);
    await wait(50);
    proxy.cut();
    assert.equal(await pending, 'ECONNRESET');
    assert.equal(await ask(), 'ECONNREFUSED');
    proxy.delayMs = 0;
    await proxy.restore();
    assert.equal(await ask(), BODY.length);
  });

  it('refuses new connections and lets those there are go on', async () => {
    const kept = agent();
    await ask(kept);
    proxy.refuse();
    assert.equal(await ask(), 'ECONNREFUSED');
    assert.equal(await ask(kept), BODY.length);
  });

  it('is a black hole: connects and never answers, on new connections and on old ones', async () => {
    const kept = agent();
    await ask(kept);
    proxy.blackHole();
    assert.deepEqual(await Promise.all([ask(kept, 150), ask(agent(), 150)]), ['timeout', 'timeout']);
    const socket = net.connect(proxy.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.destroy();
    proxy.blackHole(false);
    assert.equal(await ask(), BODY.length);
  });

  it('delays each direction', async () => {
    proxy.delayMs = 60;
    const began = performance.now();
    assert.equal(await ask(), BODY.length);
    assert.ok(performance.now() - began >= 119, `${performance.now() - began} ms`);
  });

  it('limits the bandwidth', async () => {
    proxy.bytesPerSecond = 100_000;
    const began = performance.now();
    assert.equal(await ask(), BODY.length);
    assert.ok(performance.now() - began >= 199, `${performance.now() - began} ms`);
  });

  it('leaves connections half open: nothing is answered on them, new ones work', async () => {
    const kept = agent();
    await ask(kept);
    assert.equal(proxy.halfOpen(), 1);
    assert.equal(await ask(kept, 200), 'timeout');
    assert.equal(await ask(), BODY.length);
  });

  it('resets at random, the same requests for the same seed', async () => {
    const outcomes = async (seed: number): Promise<string> => {
      proxy.resetAtRandom(0.4, seed);
      const seen: (number | string)[] = [];
      for (let i = 0; i < 30; i++) seen.push(await ask());
      assert.ok(seen.every((each) => each === BODY.length || each === 'ECONNRESET'));
      return seen.join();
    };
    const first = await outcomes(5);
    const resets = proxy.resetCount;
    assert.ok(resets > 3 && resets < 25, `${resets} of 30`);
    assert.equal(await outcomes(5), first);
    assert.notEqual(await outcomes(6), first);
  });

  it('keeps no socket when both sides have gone', async () => {
    const kept = agent();
    await ask(kept);
    assert.equal(proxy.open, 2);
    kept.destroy();
    await until('the sockets to be gone', () => proxy.open === 0, 2000);
  });
});
