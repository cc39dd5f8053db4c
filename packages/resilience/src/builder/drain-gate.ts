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

  /** Why no call begins; undefined while calls do. */
  get refusal(): DrainingError | undefined {
    return this.#closed ? new DrainingError(this.#name) : undefined;
  }
}
