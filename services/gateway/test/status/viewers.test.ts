import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { FakeClock } from '@penstock/clock';
import type { ProblemError } from '@penstock/contracts';
import fastify from 'fastify';
import { MAX_VIEWERS, type Sections, Viewers } from '../../src/status/viewers.ts';

const TICK_MS = 1000;

function world(render: () => Sections = () => ({ a: 'one' })) {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const shown = { sections: render };
  const viewers = new Viewers({
    clock,
    page: 'p1',
    render: () => shown.sections(),
    onError: (error) => errors.push(error),
  });
  return { clock, viewers, errors, shown };
}

/** What a viewer has been sent, event by event. */
function listen(stream: Readable): string[] {
  const heard: string[] = [];
  stream.on('data', (chunk: Buffer) => heard.push(String(chunk)));
  return heard;
}

describe('the viewers of the status page', () => {
  it('are sent everything at first, and then what has changed', async () => {
    const { clock, viewers, shown } = world(() => ({ a: 'one', b: 'two' }));
    const heard = listen(viewers.join());
    await clock.advance(TICK_MS);
    shown.sections = () => ({ a: 'one', b: 'three' });
    await clock.advance(TICK_MS);
    assert.deepEqual(heard, [
      ': connected\n\n',
      'data: {"page":"p1","sections":{"a":"one","b":"two"}}\n\n',
      'data: {"page":"p1","sections":{"b":"three"}}\n\n',
    ]);
  });

  it('share one ticker and one rendering, and none where nobody looks', async () => {
    let rendered = 0;
    const { clock, viewers } = world(() => ({ n: String(++rendered) }));
    assert.equal(clock.pendingTimers, 0);
    const streams = Array.from({ length: 20 }, () => viewers.join());
    for (const stream of streams) listen(stream);
    await clock.advance(3 * TICK_MS);
    assert.equal(rendered, 3);
    assert.equal(clock.pendingTimers, 1);
    for (const stream of streams) stream.destroy();
    await clock.advance(2 * TICK_MS);
    assert.deepEqual([rendered, viewers.count, clock.pendingTimers], [3, 0, 0]);
    listen(viewers.join());
    await clock.advance(TICK_MS);
    assert.equal(rendered, 4);
  });

  it('that were behind get the whole state once they read again', async () => {
    const { clock, viewers, shown } = world(() => ({ a: 'one', b: 'two' }));
    const stream = viewers.join();
    const heard = listen(stream);
    await clock.advance(TICK_MS);
    stream.pause();
    for (let n = 0; n < 5; n++) {
      shown.sections = () => ({ a: 'one', b: String(n) });
      await clock.advance(TICK_MS);
    }
    heard.length = 0;
    stream.resume();
    await clock.advance(TICK_MS);
    assert.equal(heard.at(-1), 'data: {"page":"p1","sections":{"a":"one","b":"4"}}\n\n');
    assert.ok(heard.length <= 2, `${heard.length} events had waited`);
  });

  it('are refused above a number, with 503 and when to come back', async () => {
    const { viewers } = world();
    const streams = Array.from({ length: MAX_VIEWERS }, () => viewers.join());
    assert.throws(
      () => viewers.join(),
      (error: ProblemError) => error.code === 'overloaded' && error.options.retryAfterS === 10,
    );
    streams[0]?.destroy();
    await new Promise(setImmediate);
    viewers.join();
    assert.equal(viewers.count, MAX_VIEWERS);
  });

  it('get a closing event and their end; one that does not read it is cut off a second later', async () => {
    const { clock, viewers } = world();
    const reader = viewers.join();
    const heard = listen(reader);
    const sleeper = viewers.join();
    viewers.close();
    await clock.advance(1);
    assert.equal(heard.at(-1), 'event: closing\ndata: {}\n\n');
    assert.deepEqual([reader.readableEnded, sleeper.destroyed], [true, false]);
    await clock.advance(TICK_MS);
    assert.deepEqual([sleeper.destroyed, viewers.count, clock.pendingTimers], [true, 0, 0]);
    assert.throws(() => viewers.join(), /shutting down/);
  });

  it('are let go, and the error is told, when the page cannot be rendered', async () => {
    const { clock, viewers, errors } = world(() => {
      throw new Error('a defect');
    });
    const stream = viewers.join();
    listen(stream);
    await clock.advance(TICK_MS);
    assert.match(String(errors), /a defect/);
    assert.equal(stream.destroyed, true);
  });

  it('that never read cost one update and the buffers of their socket, and are let go', async () => {
    const update = 'x'.repeat(1024 * 1024);
    let ticks = 0;
    const { clock, viewers } = world(() => ({ n: `${++ticks}${update}` }));
    const app = fastify();
    let waiting = (): number => 0;
    app.get('/', (_request, reply) => {
      const stream = viewers.join();
      waiting = () => stream.readableLength + reply.raw.writableLength;
      return reply.header('content-type', 'text/event-stream').send(stream);
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const socket = net.connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    try {
      socket.pause();
      socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
      while (viewers.count === 0) await new Promise(setImmediate);
      let most = 0;
      for (let n = 0; n < 80 && viewers.count > 0; n++) {
        await clock.advance(TICK_MS);
        most = Math.max(most, waiting());
      }
      assert.equal(viewers.count, 0);
      assert.ok(ticks > 30, `let go after ${ticks} ticks`);
      assert.ok(most < 4 * update.length, `${most} bytes waited`);
      socket.resume();
      await once(socket, 'close');
    } finally {
      socket.destroy();
      await app.close();
    }
  });
});
