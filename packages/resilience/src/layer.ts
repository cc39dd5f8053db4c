import type { Clock } from '@penstock/clock';
import { guarded, ListenerErrors } from './emitter.ts';
import type { Emit, PolicyEvent } from './events.ts';
import type { Policy } from './policy.ts';

/** What every layer outside the pipeline's core is given. */
export interface LayerDeps {
  /** What the layer guards, as messages and events name it. */
  readonly name: string;
  readonly clock: Clock;
  /** Hears every event. */
  readonly onEvent?: ((event: PolicyEvent) => void) | undefined;
  /** Hears what a listener threw; the call never does. */
  readonly onListenerError?: ((error: unknown, event: PolicyEvent) => void) | undefined;
}

/** A policy that may be given other options while it runs, and that ends. */
export interface LivePolicy<Options> extends Policy {
  readonly options: Options;
  /**
   * Other options, complete as at construction: what is left out has its default again. Counts, queues and what was
   * learnt stay. A RangeError leaves everything as it was.
   */
  reload(given: Partial<Options>): void;
  /** Ends every wait and timer; later calls are refused. */
  stop(): void;
  /** What listeners threw so far. */
  readonly listenerErrors: number;
}

/** Emits to a listener that may throw. */
export class Announcer {
  readonly emit: Emit;
  readonly #errors: ListenerErrors;

  constructor({ onEvent, onListenerError }: LayerDeps) {
    this.#errors = new ListenerErrors(onListenerError);
    this.emit = guarded(onEvent, this.#errors.hear);
  }

  get errors(): number {
    return this.#errors.count;
  }
}
