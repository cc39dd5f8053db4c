import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import { afterEach, describe, it } from 'node:test';
import { buildConnector, errors, Pool } from 'undici';
import { wholeReply } from '../../src/engine/whole-reply.ts';
import { until } from '../support/test-gateway.ts';

const GONE = new Error('gone');
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** A server of 127.0.0.1, and a pool before it. */
async function serve(listener: RequestListener, options: Pool.Options = {}): Promise<{ server: Server; pool: Pool }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(() => server.close().closeAllConnections());
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1, ...options });
  opened.push(() => pool.destroy());
  return { server, pool };
}

/** One request to a pool: its reply, who may abort it and whether a connection has begun to carry it. */
function send(pool: Pool, body: Buffer | Readable | null = null, leaving = new AbortController()) {
  const options = { method: body === null ? 'GET' : 'POST', path: '/' } as const;
  let sent = false;
  const onSent = (): void => {
    sent = true;
  };
  const reply = wholeReply(pool, options, { body, signal: leaving.signal, onSent });
  // Some are looked at only after others.
  reply.catch(() => undefined);
  return { leaving, reply, wasSent: () => sent };
}

/** A pool whose only connection carries a request that waits for its answer. */
async function busy() {
  const seen: (string | undefined)[] = [];
  let answer = (): void => undefined;
  const at = await serve((request, response) => {
    seen.push(request.method);
    request.resume().on('error', () => undefined);
    answer = () => void response.end();
  });
  const carried = send(at.pool);
  await once(at.server, 'request');
  return { ...at, carried, seen, answer: () => answer() };
}

const listenersOf = ({ signal }: AbortController): number => getEventListeners(signal, 'abort').length;

describe('a whole reply', () => {
  it('has status, headers and every byte, however it came', async () => {
    const bytes = Buffer.alloc(3_000_000, 'a reply that comes in many pieces, ');
    const { pool } = await serve((_request, response) => {
      response.writeHead(418, { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] });
      response.write(bytes.subarray(0, 10));
      response.end(bytes.subarray(10));
    });
    const { status, headers, body } = await send(pool).reply;
    assert.deepEqual([status, headers['content-type'], headers['set-cookie']], [418, 'text/plain', ['a=1', 'b=2']]);
    assert.ok(body.equals(bytes));
  });

  it('is kept in memory of its own', async () => {
    const { pool } = await serve((_request, response) => void response.end('small'));
    const { body } = await send(pool).reply;
    assert.deepEqual([body.toString(), body.buffer.byteLength], ['small', 5]);
  });

  it('may be without a body', async () => {
    const { pool } = await serve((_request, response) => void response.writeHead(204).end());
    const { status, body } = await send(pool).reply;
    assert.deepEqual([status, body.length], [204, 0]);
  });

  it('is the final one: what comes before it is passed over', async () => {
    const { pool } = await serve((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeProcessing();
      response.writeHead(200, { 'x-final': 'yes' }).end('final');
    });
    const { status, headers, body } = await send(pool).reply;
    assert.deepEqual([status, headers['x-final'], headers.link, body.toString()], [200, 'yes', undefined, 'final']);
  });

  it('answers a body that is streamed', async () => {
    const { pool } = await serve((request, response) => void request.pipe(response));
    const source = new PassThrough();
    const { reply } = send(pool, source);
    source.write('one, ');
    source.end('two');
    assert.equal((await reply).body.toString(), 'one, two');
  });

  it('leaves no listener on the signal', async () => {
    const { pool } = await serve((_request, response) => void response.end('done'));
    const { leaving, reply } = send(pool);
    assert.equal(listenersOf(leaving), 1);
    await reply;
    assert.equal(listenersOf(leaving), 0);
    leaving.abort(GONE);
  });
});

describe('a reply that its caller does not wait for', () => {
  it('is not asked for where the signal has aborted already', async () => {
    const seen: unknown[] = [];
    const { pool } = await serve((request, response) => {
      seen.push(request.url);
      response.end();
    });
    const leaving = new AbortController();
    leaving.abort(GONE);
    const upload = new PassThrough();
    const sending = send(pool, upload, leaving);
    await assert.rejects(sending.reply, GONE);
    await send(pool).reply;
    assert.deepEqual([sending.wasSent(), upload.errored, seen.length, listenersOf(leaving)], [false, GONE, 1, 0]);
  });

  it('is given up at once while it waits for a connection, and never sent', async () => {
    const { pool, carried, seen, answer } = await busy();
    const waiting = send(pool, Buffer.from('{}'));
    const next = send(pool);
    waiting.leaving.abort(GONE);
    await assert.rejects(waiting.reply, GONE);
    answer();
    await carried.reply;
    await until('the next one is carried', () => seen.length === 2);
    answer();
    await next.reply;
    assert.deepEqual([seen, waiting.wasSent(), next.wasSent()], [['GET', 'GET'], false, true]);
  });

  it('is given up at once while the connection is made', async () => {
    const pool = new Pool('http://127.0.0.1:1', { connect: () => undefined });
    opened.push(() => pool.destroy());
    const sending = send(pool);
    sending.leaving.abort(GONE);
    await assert.rejects(sending.reply, GONE);
    assert.equal(sending.wasSent(), false);
  });

  it('is given up before its headers, in the middle of them and of its body, and its connection ends', async () => {
    for (const begin of ['', 'HTTP/1.1 200 OK\r\nContent-', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf']) {
      const connect = buildConnector({});
      let client: Socket | undefined;
      const { server, pool } = await serve((request) => void request.socket.write(begin), {
        connect: (options, done) =>
          connect(options, (...made) => {
            client = made[1] ?? undefined;
            done(...made);
          }),
      });
      const closed = once(server, 'connection').then(([socket]) => once(socket as Socket, 'close'));
      const sending = send(pool);
      await once(server, 'request');
      await until('what has begun is read', () => client?.bytesRead === begin.length);
      sending.leaving.abort(GONE);
      await assert.rejects(sending.reply, GONE);
      await closed;
      assert.deepEqual([sending.wasSent(), listenersOf(sending.leaving)], [true, 0]);
    }
  });

  it('ends the upload that it was to answer', async () => {
    const { server, pool } = await serve((request) => void request.resume().on('error', () => undefined));
    const upload = new PassThrough();
    upload.write('begun');
    const sending = send(pool, upload);
    await once(server, 'request');
    sending.leaving.abort(GONE);
    await assert.rejects(sending.reply, GONE);
    assert.equal(upload.errored, GONE);
  });
});

describe('a reply that fails', () => {
  it('is no reply where it ends before its length or its last chunk', async () => {
    for (const begin of ['Content-Length: 9\r\n\r\nhalf', 'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n']) {
      const { pool } = await serve((request) => void request.socket.end(`HTTP/1.1 200 OK\r\n${begin}`));
      const { leaving, reply } = send(pool);
      await assert.rejects(reply, errors.SocketError);
      assert.equal(listenersOf(leaving), 0);
    }
  });

  it('is no reply where it is larger than the pool allows', async () => {
    const { pool } = await serve((_request, response) => void response.end('0123456789a'), { maxResponseSize: 10 });
    await assert.rejects(send(pool).reply, errors.ResponseExceededMaxSizeError);
  });

  it('fails with what cannot be sent, and takes its listener off the signal', async () => {
    const { pool } = await serve((_request, response) => void response.end());
    const { signal } = new AbortController();
    const options = { method: 'GET', path: '/', headers: { 'not a name': 'x' } } as const;
    await assert.rejects(wholeReply(pool, options, { body: null, signal }), errors.InvalidArgumentError);
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('fails with the pool: carried, waiting in it, or sent to it afterwards', async () => {
    const { pool, carried } = await busy();
    const waiting = [send(pool), send(pool)];
    const upload = new PassThrough();
    waiting.push(send(pool, upload));
    await pool.destroy();
    for (const { leaving, reply } of [carried, ...waiting, send(pool)]) {
      await assert.rejects(reply, errors.ClientDestroyedError);
      assert.equal(listenersOf(leaving), 0);
    }
    assert.ok(upload.errored instanceof errors.ClientDestroyedError);
  });

  it('fails at once with an upload that has failed before', async () => {
    const { pool } = await serve((_request, response) => void response.end());
    const upload = new PassThrough().on('error', () => undefined).destroy(GONE);
    await new Promise((resolve) => upload.once('close', resolve));
    const sending = send(pool, upload);
    await assert.rejects(sending.reply, GONE);
    await send(pool).reply;
    assert.deepEqual([sending.wasSent(), listenersOf(sending.leaving)], [false, 0]);
  });

  it('fails with its upload, also while that waits for a connection, and what has failed is never sent', async () => {
    const { server, pool, carried, seen, answer } = await busy();
    const uploads = [new PassThrough(), new PassThrough()];
    const waiting = uploads.map((upload) => send(pool, upload));
    for (const upload of uploads) upload.destroy(GONE);
    for (const { reply, leaving } of waiting) {
      await assert.rejects(reply, GONE);
      assert.equal(listenersOf(leaving), 0);
    }
    answer();
    await carried.reply;
    const upload = new PassThrough();
    const sending = send(pool, upload);
    upload.write('begun');
    await once(server, 'request');
    upload.destroy(GONE);
    await assert.rejects(sending.reply, GONE);
    assert.deepEqual(seen, ['GET', 'POST']);
  });
});
