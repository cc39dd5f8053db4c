import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

// Listens, and never takes what the kernel has accepted for it: its thread sleeps for ever.
const DEAF = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

/** A connection of this machine to itself that is not there by then is not going to be. */
const CONNECTED_BY_MS = 300;
const MOST_FILLERS = 20;

/** A port of 127.0.0.1 on which connections are neither made nor refused, as of a machine that is not there. */
export class BlackHole {
  readonly port: number;
  readonly #listener: Worker;
  readonly #fillers: readonly Socket[];

  private constructor(port: number, listener: Worker, fillers: readonly Socket[]) {
    this.port = port;
    this.#listener = listener;
    this.#fillers = fillers;
  }

  static async start(): Promise<BlackHole> {
    const listener = new Worker(DEAF, { eval: true });
    const [port] = (await once(listener, 'message')) as [number];
    const fillers: Socket[] = [];
    // The queue of a listener is full when the kernel drops the next connection's first packet.
    for (;;) {
      const socket = net.connect(port, '127.0.0.1').on('error', () => undefined);
      fillers.push(socket);
      const connected = await Promise.race([once(socket, 'connect').then(() => true), wait(CONNECTED_BY_MS, false)]);
      if (!connected) return new BlackHole(port, listener, fillers);
      if (fillers.length > MOST_FILLERS) throw new Error(`port ${port} still takes connections after ${MOST_FILLERS}`);
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#fillers) socket.destroy();
    await this.#listener.terminate();
  }
}
