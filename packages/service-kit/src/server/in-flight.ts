import { type Place, TransientSet } from '@penstock/collections';

/** Requests that have begun and not ended, with a way to abort them. */
export class InFlight {
  readonly #requests = new TransientSet<AbortController>();
  #lasting = 0;
  readonly #idle: (() => void)[] = [];

  /** Without replies that last until a drain: nobody waits for their end. */
  get count(): number {
    return this.#requests.size - this.#lasting;
  }

  /** @returns what tells that it has ended */
  begin(controller: AbortController, lasting = false): () => void {
    const place = this.#requests.add(controller);
    if (lasting) this.#lasting++;
    return () => this.#end(place, lasting);
  }

  #end(place: Place<AbortController>, lasting: boolean): void {
    if (!this.#requests.delete(place)) return;
    if (lasting) this.#lasting--;
    if (this.#requests.size === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  abortAll(reason: unknown): void {
    for (const controller of this.#requests.all()) controller.abort(reason);
  }

  /** Resolves as soon as nothing is in flight, and no reply lasts. */
  idle(): Promise<void> {
    if (this.#requests.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}
