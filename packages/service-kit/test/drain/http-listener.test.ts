import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FakeClock, systemClock } from '@penstock/clock';
import { followConnections } from '../../src/drain/http-listener.ts';

const CLIENT = path.join(import.meta.dirname, 'fixtures/keep-alive-client.ts');

async function listening(): Promise<{ server: http.Server; port: number }> {
  const server = http.createServer((_request, response) => void response.end('ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

describe('stopping to accept', () => {
  it('leaves no connection unanswered that the kernel had set up before', { timeout: 20_000 }, async () => {
    const { server, port } = await listening();
    const listener = followConnections(server, systemClock);
    const statuses = Array.from({ length: 100 }, async () => {
      const request = http.get({ port, host: '127.0.0.1', agent: false });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      response.resume();
      return response.statusCode;
    });
    // By now all have asked the kernel for their connection, and at most one has been accepted.
    await nextTurn();
    await listener.stopAccepting();
    assert.deepEqual(await Promise.all(statuses), Array(100).fill(200));
    await listener.closeIdle();
  });
});

describe('closing idle connections', () => {
  it('leaves a new connection time for its first request', { timeout: 20_000 }, async () => {
    const { server, port } = await listening();
    const clock = new FakeClock();
    const listener = followConnections(server, clock);
    const client = net.connect(port, '127.0.0.1');
    const silent = net.connect(port, '127.0.0.1');
    await Promise.all([once(client, 'connect'), once(silent, 'connect')]);
    await listener.stopAccepting();
    let closed = false;
    const closing = listener.closeIdle().then(() => {
      closed = true;
    });
    await pass(clock, 1000);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    assert.match(String((await once(client, 'data'))[0]), /^HTTP\/1\.1 200 OK/);
    await pass(clock, 900);
    assert.equal(closed, false, 'the silent connection is not given up yet');
    await pass(clock, 300);
    await closing;
  });

  it('answers a request that waited unread while the event loop was blocked', { timeout: 20_000 }, async () => {
    const { server, port } = await listening();
    const listener = followConnections(server, systemClock);
    const client = fork(CLIENT, [String(port)]);
    const exited = once(client, 'exit');
    assert.deepEqual((await once(client, 'message'))[0], { status: 200, reused: false });
    await listener.stopAccepting();
    const closed = listener.closeIdle();
    const second = once(client, 'message');
    // The client sends while this loop does nothing, longer than a connection may be idle.
    await new Promise<void>((resolve) => client.send('again', () => resolve()));
    const until = performance.now() + 400;
    while (performance.now() < until);
    assert.deepEqual((await second)[0], { status: 200, reused: true });
    await closed;
    await exited;
  });
});

/** In steps that the closing of connections looks in, each with a turn of the event loop. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 25) {
    await clock.advance(25);
    await nextTurn();
  }
}
