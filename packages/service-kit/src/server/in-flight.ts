/** Requests that have begun and not ended, with a way to abort them. */
export class InFlight {
  readonly #requests = new Set<AbortController>();
  readonly #idle: (() => void)[] = [];

  get count(): number {
    return this.#requests.size;
  }

  begin(controller: AbortController): void {
    this.#requests.add(controller);
  }

  end(controller: AbortController): void {
    this.#requests.delete(controller);
    if (this.#requests.size === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  abortAll(reason: unknown): void {
    for (const controller of this.#requests) controller.abort(reason);
  }

  /** Resolves as soon as nothing is in flight. */
  idle(): Promise<void> {
    if (this.#requests.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}
