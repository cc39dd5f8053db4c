import type { Clock } from '@penstock/clock';
import { type BudgetPolicy, type HedgeOptions, HedgePolicy, type PolicyEvent, resolveHedge } from '@penstock/resilience';

interface HedgesDeps {
  readonly name: string;
  readonly clock: Clock;
  readonly budget: BudgetPolicy;
  readonly onEvent: (event: PolicyEvent) => void;
}

/** A hedge for each route, since what is late for a catalogue is early for an analysis. All have the same options. */
export class Hedges {
  readonly #deps: HedgesDeps;
  readonly #routes = new Map<string, HedgePolicy>();
  #options: HedgeOptions;

  constructor(options: HedgeOptions, deps: HedgesDeps) {
    this.#options = resolveHedge(options);
    this.#deps = deps;
  }

  get options(): HedgeOptions {
    return this.#options;
  }

  /** @param route template: there are as many policies as routes */
  of(route: string): HedgePolicy {
    let policy = this.#routes.get(route);
    if (policy === undefined) {
      policy = new HedgePolicy(this.#options, this.#deps);
      this.#routes.set(route, policy);
    }
    return policy;
  }

  describe(): string {
    return new HedgePolicy(this.#options, this.#deps).describe();
  }

  snapshot() {
    return [...this.#routes].map(([route, policy]) => ({ route, ...policy.snapshot() }));
  }

  /** Other options; the latencies that were learnt stay. */
  reload(options: HedgeOptions): void {
    this.#options = resolveHedge(options);
    for (const policy of this.#routes.values()) policy.reload(options);
  }

  stop(): void {
    for (const policy of this.#routes.values()) policy.stop();
  }
}
