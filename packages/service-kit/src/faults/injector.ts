import { type Random, seededRandom } from '@penstock/clock';
import type { Fault, LatencyFault } from './fault.ts';
import type { FaultSettings } from './settings.ts';

/** What one request suffers; `delayMs` is drawn. */
export type Injection =
  | { readonly fault: LatencyFault; readonly delayMs: number }
  | { readonly fault: Exclude<Fault, LatencyFault> };

/**
 * Routes that a fault without a route leaves alone: a probe or a scraper must see the service as it is, and what the
 * services tell each other must not move the draws.
 */
const SPARED = /^\/(health|metrics|api\/metrics|admin|internal)(\/|$)/;

interface Armed {
  readonly fault: Fault;
  readonly random: Random;
}

/** Decides which requests are hit. The same seed, faults and order of requests give the same decisions. */
export class FaultInjector {
  #seed = 0;
  #armed: readonly Armed[] = [];

  constructor(settings: FaultSettings) {
    this.set(settings);
  }

  get settings(): FaultSettings {
    return { seed: this.#seed, faults: this.#armed.map(({ fault }) => fault) };
  }

  /** Replaces every fault, and begins their draws anew. */
  set({ seed, faults }: FaultSettings): void {
    this.#seed = seed;
    // A stream each: a fault that is added changes nothing about whom the others hit.
    this.#armed = faults.map((fault) => ({ fault, random: seededRandom(seed, `fault:${fault.name}`) }));
  }

  /** What a request suffers, in the order of the faults; an error or an abort is the last. */
  draw(method: string, route: string): readonly Injection[] {
    const hits: Injection[] = [];
    for (const { fault, random } of this.#armed) {
      if (!matches(fault, method, route) || random.next() * 100 >= fault.percent) continue;
      if (fault.kind !== 'latency') return [...hits, { fault }];
      hits.push({ fault, delayMs: fault.delay_ms + random.next() * fault.jitter_ms });
    }
    return hits;
  }
}

function matches(fault: Fault, method: string, route: string): boolean {
  if (fault.method !== undefined && fault.method !== method) return false;
  return fault.route === undefined ? !SPARED.test(route) : fault.route === route;
}
