import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type Server, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { Balancer } from './balancer.ts';
import { freePort } from './process.ts';
import { listen, portOf } from './relay.ts';

/** Answers each line with its name; half open, so that it can answer after the client's end. */
async function target(name: string, onLine: (socket: Socket) => void = () => undefined): Promise<Server> {
  const server = await listen(0, { allowHalfOpen: true });
  server.on('connection', (socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => {
      socket.write(name);
      onLine(socket);
    });
    socket.on('end', () => socket.end(`${name} ended`));
  });
  return server;
}

async function ask(url: string): Promise<string> {
  const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('?');
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer);
}

describe('the TCP balancer', () => {
  const servers: Server[] = [];
  const balancers: Balancer[] = [];
  const open = async (...targets: (Server | number)[]): Promise<Balancer> => {
    servers.push(...targets.filter((each): each is Server => each instanceof net.Server));
    const balancer = await Balancer.start(targets.map((each) => (typeof each === 'number' ? each : portOf(each))));
    balancers.push(balancer);
    return balancer;
  };
  afterEach(() => {
    for (const balancer of balancers.splice(0)) balancer.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  it('gives connections to its targets in turn', async () => {
    const { url } = await open(await target('one'), await target('two'));
    assert.deepEqual([await ask(url), await ask(url), await ask(url), await ask(url)], ['one', 'two', 'one', 'two']);
  });

  it('goes to the other target where one refuses, and counts that', async () => {
    const balancer = await open(await freePort(), await target('two'));
    assert.deepEqual([await ask(balancer.url), await ask(balancer.url)], ['two', 'two']);
    assert.equal(balancer.refused, 1);
  });

  it('resets the connection where every target refuses', async () => {
    const { url } = await open(await freePort(), await freePort());
    await assert.rejects(ask(url), { code: 'ECONNRESET' });
  });

  it('passes a reset on as a reset and sends nothing to another target', async () => {
    let others = 0;
    const { url } = await open(await target('one', (socket) => socket.resetAndDestroy()), await target('two', () => others++));
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('?');
    socket.resume();
    const [error] = await once(socket, 'error');
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNRESET');
    assert.equal(others, 0);
  });

  it('passes on the end of one direction, and the answer that comes after it', async () => {
    const { url } = await open(await target('one'));
    const socket = net.connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
    socket.end('?');
    let text = '';
    for await (const piece of socket) text += String(piece);
    assert.equal(text, 'oneone ended');
  });

  it('closes when the connections that it has have ended', async () => {
    const balancer = await open(await target('one'));
    const port = Number(new URL(balancer.url).port);
    const socket = net.connect(port, '127.0.0.1');
    socket.write('?');
    await once(socket, 'data');
    let closed = false;
    const closing = balancer.close().then(() => {
      closed = true;
    });
    await assert.rejects(ask(`http://127.0.0.1:${port}`), { code: 'ECONNREFUSED' });
    assert.equal(closed, false);
    socket.write('?');
    assert.equal(String((await once(socket, 'data'))[0]), 'one');
    socket.end();
    await closing;
  });

  it('refuses to start without a target', () =>
    assert.rejects(Balancer.start([]), /targets: received none, accepted: one port or more/));
});
