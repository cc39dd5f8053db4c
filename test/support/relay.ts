import { once } from 'node:events';
import net, { type Server, type Socket } from 'node:net';

/** A TCP relay in front of a port of 127.0.0.1, which can cut every connection and refuse new ones. */
export class Relay {
  readonly port: number;
  /** Where it leads; set it once the target's port is known. */
  targetPort = 0;
  protected readonly sockets = new Set<Socket>();
  #server: Server;

  protected constructor(port: number, server: Server) {
    this.port = port;
    this.#server = server;
    server.on('connection', (socket) => this.join(socket));
  }

  static async start(): Promise<Relay> {
    const server = await listen(0);
    return new Relay(portOf(server), server);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Refuses new connections; those there are go on. */
  refuse(): void {
    this.#server.close();
  }

  /** Cuts every connection and refuses new ones. */
  cut(): void {
    this.refuse();
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Accepts connections again, after `cut` or `refuse`. */
  async restore(): Promise<void> {
    this.#server = await listen(this.port);
    this.#server.on('connection', (socket) => this.join(socket));
  }

  protected join(client: Socket): void {
    const target = net.connect(this.targetPort, '127.0.0.1');
    this.tie(client, target);
    this.tie(target, client);
  }

  /** Carries one direction, and lets neither side outlive the other. */
  protected tie(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
    this.carry(from, to);
  }

  protected carry(from: Socket, to: Socket): void {
    from.pipe(to);
  }
}

export async function listen(port: number, options: net.ServerOpts = {}): Promise<Server> {
  const server = net.createServer(options);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
