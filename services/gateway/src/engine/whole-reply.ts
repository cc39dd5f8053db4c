import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { EngineReply } from './engine-reply.ts';

interface Sending {
  readonly body: Buffer | Readable | null;
  readonly signal: AbortSignal;
  /** Told when a connection begins to carry the request. */
  readonly onSent?: (() => void) | undefined;
}

/**
 * Sends one request and gathers its reply; rejects on network errors, with what its body fails with, and with the reason
 * of the signal. What undici's `request` does, without its stream between: each of those lives on until the next full
 * collection of garbage, with all that belongs to its request.
 */
export function wholeReply(pool: Dispatcher, options: Dispatcher.DispatchOptions, sending: Sending): Promise<EngineReply> {
  const gatherer = new ReplyGatherer(sending);
  if (!gatherer.settled) pool.dispatch({ ...options, body: sending.body }, gatherer);
  return gatherer.reply;
}

class ReplyGatherer implements Dispatcher.DispatchHandler {
  readonly #sending: Sending;
  readonly #reply = Promise.withResolvers<EngineReply>();
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #settled = false;

  constructor(sending: Sending) {
    this.#sending = sending;
    const { body, signal } = sending;
    signal.addEventListener('abort', this.#abort);
    if (signal.aborted) this.#fail(signal.reason);
    if (!(body instanceof Readable)) return;
    // undici would look at it only once it has a connection for it.
    body.on('error', this.#fail);
    if (body.errored !== null) this.#fail(body.errored);
  }

  get settled(): boolean {
    return this.#settled;
  }

  get reply(): Promise<EngineReply> {
    return this.#reply.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) {
      controller.abort(new Error('It has failed while it waited for a connection'));
      return;
    }
    this.#controller = controller;
    this.#sending.onSent?.();
  }

  // Also told of each 1xx; the final one comes last.
  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#letGo();
    this.#reply.resolve({ status: this.#status, headers: this.#headers, body: joined(this.#chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#fail(error);
  }

  // The pool would not look at a request that waits in it until it has a connection for it.
  readonly #abort = (): void => {
    const { reason } = this.#sending.signal;
    if (this.#controller === undefined) this.#fail(reason);
    else this.#controller.abort(reason);
  };

  readonly #fail = (reason: unknown): void => {
    if (this.#settled) return;
    this.#letGo();
    this.#reply.reject(reason);
    const { body } = this.#sending;
    if (body instanceof Readable) body.destroy(reason as Error);
  };

  #letGo(): void {
    this.#settled = true;
    this.#controller = undefined;
    this.#sending.signal.removeEventListener('abort', this.#abort);
  }
}

/** In memory of its own: a reply may be kept for a day, and would keep what else was read with it. */
function joined(chunks: readonly Buffer[]): Buffer {
  const whole = Buffer.allocUnsafeSlow(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(whole, at);
  return whole;
}
