/** Requests that have begun and not ended, with a way to abort them. */
export class InFlight {
  readonly #requests = new Set<AbortController>();
  readonly #lasting = new Set<AbortController>();
  readonly #idle: (() => void)[] = [];

  /** Without replies that last until a drain: nobody waits for their end. */
  get count(): number {
    return this.#requests.size - this.#lasting.size;
  }

  begin(controller: AbortController, lasting = false): void {
    this.#requests.add(controller);
    if (lasting) this.#lasting.add(controller);
  }

  end(controller: AbortController): void {
    this.#requests.delete(controller);
    this.#lasting.delete(controller);
    if (this.#requests.size === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  abortAll(reason: unknown): void {
    for (const controller of this.#requests) controller.abort(reason);
  }

  /** Resolves as soon as nothing is in flight, and no reply lasts. */
  idle(): Promise<void> {
    if (this.#requests.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}
