import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A request as the engine got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Script = (received: Received, response: ServerResponse) => void;

/** An engine of 127.0.0.1 that answers as a script says. Readiness is asked and answered beside it. */
export class ScriptedEngine {
  readonly requests: Received[] = [];
  ready = true;
  asked = 0;
  script: Script;
  #server: Server;
  #port = 0;

  private constructor(script: Script) {
    this.script = script;
    this.#server = this.#serverOf();
  }

  static async start(script: Script = ok()): Promise<ScriptedEngine> {
    const engine = new ScriptedEngine(script);
    await engine.#listen();
    const address = engine.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    engine.#port = address.port;
    return engine;
  }

  /** After a stop: listens on the same port. */
  async startAgain(): Promise<void> {
    this.#server = this.#serverOf();
    await this.#listen();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serverOf(): Server {
    return createServer((request, response) => void this.#answer(request, response));
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    if (url === '/health/ready') {
      this.asked++;
      response.writeHead(this.ready ? 200 : 503, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const received = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
    this.requests.push(received);
    this.script(received, response);
  }
}

/** Answers 200 with JSON. */
export const ok =
  (body: object = { datasets: [] }, headers: Record<string, string> = {}): Script =>
  (_received, response) =>
    void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** Answers with a status and no words of an engine. */
export const status =
  (code: number, headers: Record<string, string> = {}): Script =>
  (_received, response) =>
    void response.writeHead(code, { 'content-type': 'text/plain', ...headers }).end('no');

/** Never answers. */
export const silence: Script = () => undefined;
