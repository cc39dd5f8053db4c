import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { systemClock } from '@penstock/clock';
import { followConnections } from '../../src/drain/http-listener.ts';

const CLIENT = path.join(import.meta.dirname, 'fixtures/keep-alive-client.ts');

describe('closing idle connections', () => {
  it('answers a request that waited unread while the event loop was blocked', { timeout: 20_000 }, async () => {
    const server = http.createServer((_request, response) => void response.end('ok'));
    const listener = followConnections(server, systemClock);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = fork(CLIENT, [String((server.address() as AddressInfo).port)]);
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
