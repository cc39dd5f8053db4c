import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What Alertmanager sends to a webhook. */
export interface Message {
  readonly receiver: string;
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** Whoever is told of alerts, on a free port of 127.0.0.1. */
export class Webhook {
  readonly messages: Message[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, reply) => {
      this.messages.push((await json(request)) as Message);
      reply.end();
    });
  }

  static async start(): Promise<Webhook> {
    const webhook = new Webhook();
    webhook.#server.listen(0, '127.0.0.1');
    await once(webhook.#server, 'listening');
    return webhook;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
