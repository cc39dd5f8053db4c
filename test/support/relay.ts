import { once } from 'node:events';
import net, { type Server, type Socket } from 'node:net';

/** A TCP relay in front of a port of 127.0.0.1, which can cut every connection and refuse new ones. */
export class Relay {
  readonly port: number;
  /** Where it leads; set it once the target's port is known. */
  targetPort = 0;
  readonly #sockets = new Set<Socket>();
  #server: Server;

  private constructor(port: number, server: Server) {
    this.port = port;
    this.#server = server;
    server.on('connection', (socket) => this.#join(socket));
  }

  static async start(): Promise<Relay> {
    const server = await listen(0);
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    return new Relay(address.port, server);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Cuts every connection and refuses new ones. */
  cut(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async restore(): Promise<void> {
    this.#server = await listen(this.port);
    this.#server.on('connection', (socket) => this.#join(socket));
  }

  #join(client: Socket): void {
    const target = net.connect(this.targetPort, '127.0.0.1');
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}

async function listen(port: number): Promise<Server> {
  const server = net.createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
