import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { BlackHole } from './black-hole.ts';

it('connections to a black hole are neither made nor refused', async () => {
  const hole = await BlackHole.start();
  const sockets = Array.from({ length: 5 }, () => net.connect(hole.port, '127.0.0.1'));
  try {
    const ends = sockets.map((socket) => Promise.race([once(socket, 'connect'), wait(500, 'waits')]));
    assert.deepEqual(await Promise.all(ends), Array(5).fill('waits'));
  } finally {
    for (const socket of sockets) socket.destroy();
    await hole.stop();
  }
});
