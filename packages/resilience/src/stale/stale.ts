import type { CallId } from '../events.ts';
import { Announcer, type LayerDeps, type LivePolicy } from '../layer.ts';
import { describeLayer } from '../mode.ts';
import { spacedSeconds } from '../units.ts';
import { checkNumber } from '../validate.ts';
import type { StaleOptions } from './options.ts';
import { resolveStale } from './validate.ts';

/** An earlier answer and how old it is. */
export interface StaleAnswer<T> {
  readonly value: T;
  readonly ageMs: number;
}

export interface StaleSnapshot extends StaleOptions {
  readonly entries: number;
  readonly bytes: number;
}

interface Entry<T> {
  readonly value: T;
  readonly bytes: number;
  readonly storedAt: number;
}

const SIZE = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true } as const;
const AGE = { min: 0, max: Number.POSITIVE_INFINITY };

/**
 * The last good answer of each key, for when the engine fails. Bookkeeping only: the caller says how large a value is,
 * when an old one is welcome, and marks it as old.
 */
export class StalePolicy<T> implements LivePolicy<StaleOptions> {
  readonly policy = 'stale';
  readonly #deps: LayerDeps;
  readonly #announcer: Announcer;
  /** Oldest first: storing again moves a key to the end. */
  readonly #entries = new Map<string, Entry<T>>();
  #options: StaleOptions;
  #bytes = 0;
  #stopped = false;

  constructor(options: StaleOptions, deps: LayerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#announcer = new Announcer(deps);
  }

  get options(): StaleOptions {
    return this.#options;
  }

  get listenerErrors(): number {
    return this.#announcer.errors;
  }

  /** Keeps a good answer in place of the one before. False when it is too large, or nothing is kept. */
  store(key: string, value: T, bytes: number): boolean {
    checkNumber('stale.store bytes', bytes, SIZE);
    if (this.#stopped || this.#options.mode === 'off') return false;
    this.delete(key);
    if (bytes > Math.min(this.#options.maxEntryBytes, this.#options.maxBytes)) {
      this.#announcer.emit({ type: 'stale_evicted', name: this.#deps.name, because: 'too_large', bytes });
      return false;
    }
    this.#entries.set(key, { value, bytes, storedAt: this.#deps.clock.monotonic() });
    this.#bytes += bytes;
    this.#shrink();
    return true;
  }

  /** The kept answer of a key, if the caller accepts one that old. `maxStaleMs`: ms, what the client allows. */
  find(key: string, maxStaleMs: number, call?: CallId): StaleAnswer<T> | undefined {
    checkNumber('stale.find maxStaleMs', maxStaleMs, AGE);
    const entry = this.#entries.get(key);
    const { mode, maxAgeMs } = this.#options;
    if (entry === undefined || mode === 'off') return undefined;
    const ageMs = this.#deps.clock.monotonic() - entry.storedAt;
    if (ageMs > maxStaleMs || ageMs > maxAgeMs) return undefined;
    const shadow = mode === 'shadow';
    this.#announcer.emit({ type: 'stale_served', name: this.#deps.name, call, shadow, ageMs, maxStaleMs });
    return shadow ? undefined : { value: entry.value, ageMs };
  }

  delete(key: string): boolean {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    return this.#entries.delete(key);
  }

  reload(given: Partial<StaleOptions>): void {
    this.#options = resolveStale(given);
    this.#shrink();
  }

  /** Gives up everything that is kept. */
  stop(): void {
    this.#stopped = true;
    this.#entries.clear();
    this.#bytes = 0;
  }

  snapshot(): StaleSnapshot {
    return { ...this.#options, entries: this.#entries.size, bytes: this.#bytes };
  }

  describe(): string {
    const { maxBytes, maxAgeMs } = this.#options;
    return describeLayer('stale', this.#options.mode, `${Math.round(maxBytes / 1024 / 1024)} MiB, ≤${spacedSeconds(maxAgeMs)}`);
  }

  #shrink(): void {
    const oldest = this.#deps.clock.monotonic() - this.#options.maxAgeMs;
    for (const [key, { storedAt, bytes }] of this.#entries) {
      const because = storedAt < oldest ? 'age' : this.#bytes > this.#options.maxBytes ? 'bytes' : undefined;
      if (because === undefined) return;
      this.delete(key);
      this.#announcer.emit({ type: 'stale_evicted', name: this.#deps.name, because, bytes });
    }
  }
}
