import http from 'node:http';
import { text } from 'node:stream/consumers';

/** A request that is going to be sent. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Last number of the client's address, 127.0.0.N: its quota, and whose its Idempotency-Keys are. */
  readonly from?: number;
  /**
   * What the reply cannot tell: `gateway`, that the gateway itself answers before there is a call; `joined`, that the
   * request shares an equal one's execution; `stale`, that only an earlier answer is there.
   */
  readonly known?: 'gateway' | 'joined' | 'stale';
}

/** How a request ended, as its client saw it. */
export interface Seen {
  readonly asked: Asked;
  /** 499 where the client left. */
  readonly status: number;
  /** Code and layer of the problem, if it is one. */
  readonly code: string | undefined;
  readonly layer: string | undefined;
  readonly headers: http.IncomingHttpHeaders;
}

const AGENT = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** Sends requests to one service and remembers how each of them ended. */
export class CountingClient {
  readonly seen: Seen[] = [];
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /**
   * @param leaving leaves the request when it aborts
   * @throws Error for a request that ends without a reply although nobody left it
   */
  async ask(asked: Asked, leaving?: AbortSignal): Promise<Seen> {
    const seen = await this.#send(asked, leaving).catch((error: unknown): Seen => {
      if (leaving?.aborted !== true) throw error;
      return { asked, status: 499, code: 'client_closed_request', layer: undefined, headers: {} };
    });
    this.seen.push(seen);
    return seen;
  }

  /** Sends all at once. */
  all(asked: readonly Asked[], leaving?: AbortSignal): Promise<Seen[]> {
    return Promise.all(asked.map((each) => this.ask(each, leaving)));
  }

  /** Sends them one after the other over so many lines at once. */
  async through(lines: number, asked: readonly Asked[]): Promise<void> {
    const waiting = asked[Symbol.iterator]();
    await Promise.all(
      Array.from({ length: lines }, async () => {
        for (const each of waiting) await this.ask(each);
      }),
    );
  }

  #send(asked: Asked, leaving: AbortSignal | undefined): Promise<Seen> {
    const { method, path, headers = {}, body, from = 1 } = asked;
    return new Promise((resolve, reject) => {
      const request = http.request({
        host: '127.0.0.1',
        port: this.#port,
        localAddress: `127.0.0.${from}`,
        agent: AGENT,
        method,
        path,
        headers: { ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }), ...headers },
        ...(leaving !== undefined && { signal: leaving }),
      });
      request.on('error', reject);
      request.on('response', (reply) => {
        const { statusCode: status = 0, headers: received } = reply;
        text(reply).then((all) => resolve({ asked, status, ...problemOf(received, all), headers: received }), reject);
      });
      request.end(body);
    });
  }
}

function problemOf(headers: http.IncomingHttpHeaders, body: string): { code: string | undefined; layer: string | undefined } {
  if (!String(headers['content-type']).startsWith('application/problem+json')) return { code: undefined, layer: undefined };
  const { code, layer } = JSON.parse(body) as { code: string; layer?: string };
  return { code, layer };
}
