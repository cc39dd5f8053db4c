import { once } from 'node:events';
import net, { type Server, type Socket } from 'node:net';
import { listen, portOf } from './relay.ts';

/**
 * A TCP balancer on 127.0.0.1: connections go to its targets in turn, and to the next one where a target refuses.
 * It knows nothing of HTTP: no request is sent again, and ends and resets are passed on as they come.
 */
export class Balancer {
  readonly #server: Server;
  readonly #targets: readonly number[];
  readonly #clients = new Set<Socket>();
  #turn = 0;
  #refused = 0;

  private constructor(server: Server, targets: readonly number[]) {
    this.#server = server;
    this.#targets = targets;
    server.on('connection', (client: Socket) => void this.#join(client));
  }

  /** @param targets ports of 127.0.0.1, in the order of their turns */
  static async start(targets: readonly number[]): Promise<Balancer> {
    if (targets.length === 0) throw new RangeError('targets: received none, accepted: one port or more');
    return new Balancer(await listen(0, { allowHalfOpen: true, noDelay: true }), targets);
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}`;
  }

  /** Connections that a target refused so far. */
  get refused(): number {
    return this.#refused;
  }

  /** Accepts no more connections, and resolves when those there are have ended. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#server.close();
    for (const client of this.#clients) client.destroy();
  }

  async #join(client: Socket): Promise<void> {
    this.#clients.add(client);
    client.on('close', () => this.#clients.delete(client));
    // Until there is a target, a reset by the client has nobody to be passed on to.
    client.on('error', () => client.destroy());
    const target = await this.#connect();
    if (target === undefined || client.destroyed) {
      client.resetAndDestroy();
      target?.destroy();
      return;
    }
    carry(client, target);
    carry(target, client);
  }

  /** Undefined where every target refuses. */
  async #connect(): Promise<Socket | undefined> {
    const first = this.#turn++;
    for (let i = 0; i < this.#targets.length; i++) {
      const port = this.#targets[(first + i) % this.#targets.length] as number;
      const target = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
      try {
        await once(target, 'connect');
        return target;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') return undefined;
        this.#refused++;
      }
    }
    return undefined;
  }
}

/** One direction: data and the end as they come, a reset as a reset. */
function carry(from: Socket, to: Socket): void {
  from.on('error', () => to.resetAndDestroy());
  from.on('close', () => to.destroySoon());
  from.pipe(to);
}
