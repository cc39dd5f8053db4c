import type { Server, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type Random, seededRandom } from '../../packages/clock/src/index.ts';
import { listen, portOf, Relay } from './relay.ts';

/**
 * A TCP relay with every fault that a network between two services has. Besides `cut` and `refuse` of the relay:
 * black hole, delay, bandwidth, half-open connections and random resets. Faults apply to connections there are, too.
 */
export class FaultProxy extends Relay {
  /** Added to each piece of data in each direction, milliseconds. */
  delayMs = 0;
  /** Bytes per second and direction of each connection. */
  bytesPerSecond = Number.POSITIVE_INFINITY;
  #blackHole = false;
  #resets: { readonly share: number; readonly random: Random } | undefined;
  #resetCount = 0;
  /** Sockets whose other side has vanished without a word. */
  readonly #abandoned = new WeakSet<Socket>();
  /** Clients of whose present request the target has some. */
  readonly #heard = new WeakSet<Socket>();
  readonly #began: string[] = [];
  readonly #lost: string[] = [];

  private constructor(port: number, server: Server) {
    super(port, server);
  }

  static override async start(): Promise<FaultProxy> {
    const server = await listen(0);
    return new FaultProxy(portOf(server), server);
  }

  /** Connections that were reset at random so far. */
  get resetCount(): number {
    return this.#resetCount;
  }

  /** Request lines of the HTTP requests that clients sent, such as `GET /api/datasets HTTP/1.1`. */
  get began(): readonly string[] {
    return this.#began;
  }

  /** Those of which the target got nothing: a connection was reset, or the client left before the target was there. */
  get lost(): readonly string[] {
    return this.#lost;
  }

  /** Open sockets of both sides. */
  get open(): number {
    return this.sockets.size;
  }

  /** Accepts connections and swallows whatever comes, in both directions, without an answer and without an end. */
  blackHole(on = true): void {
    this.#blackHole = on;
  }

  /** Resets a connection at this share of the pieces of data that clients send (0–1). The same seed and order, the same resets. */
  resetAtRandom(share: number, seed: number): void {
    this.#resets = share === 0 ? undefined : { share, random: seededRandom(seed, 'resets') };
  }

  /**
   * Lets the target's side of every connection vanish without telling its client, as a machine does that loses power:
   * clients hold open connections on which nothing will ever be answered. New connections work.
   * @returns how many connections are half open now
   */
  halfOpen(): number {
    let count = 0;
    for (const socket of this.sockets) {
      if (socket.remotePort !== this.targetPort || this.#abandoned.has(socket)) continue;
      socket.emit('vanish');
      count++;
    }
    return count;
  }

  /** Cuts all and stops listening. */
  close(): void {
    this.cut();
  }

  protected override join(client: Socket): void {
    if (!this.#blackHole) {
      super.join(client);
      return;
    }
    this.sockets.add(client);
    client.on('close', () => this.sockets.delete(client));
    // A reset by the client is its own affair; without a listener it would end the process.
    client.on('error', () => client.destroy());
    client.resume();
  }

  protected override tie(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.once('vanish', () => {
      this.#abandoned.add(from).add(to);
      from.destroy();
    });
    from.on('error', () => from.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      // The client of a target that vanished is not told.
      if (!this.#abandoned.has(from)) to.destroy();
    });
    this.carry(from, to);
  }

  protected override carry(from: Socket, to: Socket): void {
    let due = 0;
    let carried: Promise<unknown> = Promise.resolve();
    const fromClient = (): boolean => from.localPort === this.port;
    from.on('data', (piece: Buffer) => {
      if (this.#blackHole || this.#abandoned.has(from)) return;
      const begins = fromClient() && !this.#heard.has(from);
      if (begins) this.#began.push(requestLine(piece));
      if (fromClient() && this.#resetNow()) {
        if (begins) this.#lost.push(requestLine(piece));
        from.resetAndDestroy();
        to.destroy();
        return;
      }
      if (fromClient()) this.#heard.add(from);
      else this.#heard.delete(to);
      const now = performance.now();
      due = Math.max(due, now + this.delayMs) + (piece.length * 1000) / this.bytesPerSecond;
      const at = due;
      carried = carried.then(async () => {
        const leftMs = at - performance.now();
        if (leftMs > 0) await wait(leftMs);
        const written = (error?: Error | null): void => {
          if (error && begins) this.#lost.push(requestLine(piece));
        };
        if (to.writable) to.write(piece, written);
        // Its client had left before the target was there.
        else written(new Error('not writable'));
      });
    });
    from.on('end', () => void carried.then(() => to.end()));
  }

  #resetNow(): boolean {
    if (this.#resets === undefined || this.#resets.random.next() >= this.#resets.share) return false;
    this.#resetCount++;
    return true;
  }
}

const requestLine = (piece: Buffer): string => piece.toString('latin1').split('\r\n', 1)[0] ?? '';
