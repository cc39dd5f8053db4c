import { LocalRefusalError } from '../local-refusal.ts';

/** The gateway is shutting down: what has begun goes on, nothing begins. */
export class DrainingError extends LocalRefusalError {
  override readonly name = 'DrainingError';

  constructor(engine: string) {
    super('drain', `Calls to ${engine} are being drained`, 1000);
  }
}

/** The outermost layer: once closed it stays closed. */
export class DrainGate {
  readonly #name: string;
  #closed = false;

  constructor(name: string) {
    this.#name = name;
  }

  close(): void {
    this.#closed = true;
  }

  /** Throws DrainingError once closed. */
  pass(): void {
    if (this.#closed) throw new DrainingError(this.#name);
  }
}
