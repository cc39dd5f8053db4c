import type { Timer } from '@penstock/clock';
import { TransientMap } from '@penstock/collections';
import { PipelineStoppedError } from '../errors.ts';
import type { CallId } from '../events.ts';
import { Announcer, type LayerDeps, type LivePolicy } from '../layer.ts';
import { onAbort } from '../listen.ts';
import { describeLayer } from '../mode.ts';
import type { Settled } from '../policy.ts';
import { Flight } from './flight.ts';
import type { CoalesceOptions } from './options.ts';
import { resolveCoalesce } from './validate.ts';

export interface CoalesceCaller {
  /** This caller leaves when it aborts; `run` then rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** How long a caller that joined an execution waits for it: its own deadline, as `Deadline` has it. */
  readonly deadline?: { remaining(): number; exceeded(attempts: number): Error } | undefined;
  readonly call?: CallId | undefined;
}

export interface CoalesceSnapshot extends CoalesceOptions {
  readonly keys: number;
  readonly waiting: number;
}

/** Callers that ask for the same at the same time share one execution. All get the same value: it must not be changed. */
export class CoalescePolicy implements LivePolicy<CoalesceOptions> {
  readonly policy = 'coalesce';
  readonly #deps: LayerDeps;
  readonly #announcer: Announcer;
  readonly #flights = new TransientMap<string, Flight>();
  #options: CoalesceOptions;
  #stopped = false;

  constructor(options: CoalesceOptions, deps: LayerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#announcer = new Announcer(deps);
  }

  get options(): CoalesceOptions {
    return this.#options;
  }

  get listenerErrors(): number {
    return this.#announcer.errors;
  }

  /**
   * Starts the execution, or waits for one with the same key that has started already. `execute` is to obey its signal,
   * which aborts when the last caller has left; whatever it brings after that is dropped.
   */
  async run<T>(key: string, caller: CoalesceCaller, execute: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#stopped) throw new PipelineStoppedError(this.#deps.name);
    if (caller.signal?.aborted) throw caller.signal.reason;
    const { mode, maxKeys, maxSharing } = this.#options;
    const flight = this.#flights.get(key);
    if (flight !== undefined && flight.sharing < maxSharing && mode !== 'off') {
      this.#joined(flight, caller, mode === 'shadow');
      if (mode === 'enforce') return this.#wait<T>(key, flight, caller, true);
    }
    const alone = mode === 'off' || flight !== undefined || this.#flights.size >= maxKeys;
    if (alone) return execute(caller.signal ?? new AbortController().signal);
    return this.#launch(key, caller, execute);
  }

  reload(given: Partial<CoalesceOptions>): void {
    this.#options = resolveCoalesce(given);
  }

  stop(): void {
    this.#stopped = true;
    const error = new PipelineStoppedError(this.#deps.name);
    for (const flight of [...this.#flights.values()]) {
      flight.land({ error });
      flight.abort(error);
    }
    this.#flights.clear();
  }

  snapshot(): CoalesceSnapshot {
    let waiting = 0;
    for (const { sharing } of this.#flights.values()) waiting += sharing;
    return { ...this.#options, keys: this.#flights.size, waiting };
  }

  describe(): string {
    return describeLayer('coalesce', this.#options.mode, `${this.#options.maxKeys} keys`);
  }

  #joined(flight: Flight, { call }: CoalesceCaller, shadow: boolean): void {
    this.#announcer.emit({ type: 'coalesce_joined', name: this.#deps.name, call, shadow, sharing: flight.sharing + 1 });
  }

  #launch<T>(key: string, caller: CoalesceCaller, execute: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const flight = new Flight();
    this.#flights.set(key, flight);
    const result = this.#wait<T>(key, flight, caller, false);
    const land = (settled: Settled<unknown>): void => {
      if (this.#forget(key, flight)) this.#finished(flight, false);
      flight.land(settled);
    };
    new Promise<T>((resolve) => resolve(execute(flight.signal))).then(
      (value) => land({ result: value }),
      (error: unknown) => land({ error }),
    );
    return result;
  }

  #wait<T>(key: string, flight: Flight, { signal, deadline }: CoalesceCaller, joined: boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      const hear = (settled: Settled<unknown>): void => {
        timer?.cancel();
        release();
        flight.leave(hear);
        if ('error' in settled) reject(settled.error);
        else resolve(settled.result as T);
      };
      const leave = (reason: unknown): void => {
        hear({ error: reason });
        if (flight.sharing === 0) this.#abandon(key, flight, reason);
      };
      const release = onAbort(signal, leave);
      // The first caller needs no timer: its deadline cuts the execution itself.
      const timer: Timer | undefined =
        joined && deadline !== undefined
          ? this.#deps.clock.timer(deadline.remaining(), () => leave(deadline.exceeded(0)))
          : undefined;
      flight.join(hear);
    });
  }

  #abandon(key: string, flight: Flight, reason: unknown): void {
    if (!this.#forget(key, flight)) return;
    flight.abort(reason);
    this.#finished(flight, true);
  }

  // A later execution under the same key is another one's.
  #forget(key: string, flight: Flight): boolean {
    return this.#flights.get(key) === flight && this.#flights.delete(key);
  }

  #finished({ shared }: Flight, abandoned: boolean): void {
    this.#announcer.emit({ type: 'coalesce_finished', name: this.#deps.name, shared, abandoned });
  }
}
