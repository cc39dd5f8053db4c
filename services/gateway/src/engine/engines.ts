import { type BalanceLease, BalancePolicy, BudgetPolicy, resolveBalance, resolveBudget } from '@penstock/resilience';
import type { GatewayConfig } from '../config.ts';
import { Engine, type EngineDeps, type EngineOptions } from './engine.ts';
import { balanceOptions, bulkheadOptions, elsewhereBudget, pipelineOptions } from './pipeline-options.ts';

/** What the engines are called together, and the only one alone. */
export const ENGINES = 'engine';

/** `engine`, or `engine-1`, `engine-2`, … in the order of `ENGINE_URL`. */
export const engineNames = ({ ENGINE_URL }: GatewayConfig): readonly string[] =>
  ENGINE_URL.length === 1 ? [ENGINES] : ENGINE_URL.map((_url, at) => `${ENGINES}-${at + 1}`);

/** The engines, who of them is next, and what attempts at another one may cost. */
export class Engines {
  readonly all: readonly Engine[];
  readonly #balance: BalancePolicy<Engine>;
  readonly #elsewhere: BudgetPolicy;

  constructor(config: GatewayConfig, deps: EngineDeps) {
    const names = engineNames(config);
    this.all = config.ENGINE_URL.map((origin, at) => {
      const client = { origin, connections: config.POOL_CONNECTIONS, connectTimeoutMs: config.CONNECT_TIMEOUT_MS };
      return new Engine(names[at] ?? ENGINES, client, engineOptions(config), deps);
    });
    this.#elsewhere = new BudgetPolicy(resolveBudget(elsewhereBudget(config)), deps.clock);
    this.#balance = new BalancePolicy(resolveBalance(balanceOptions(config)), {
      name: ENGINES,
      clock: deps.clock,
      random: deps.random,
      onEvent: deps.onEvent,
      endpoints: this.all,
      state: ({ breaker }) => breaker.state,
    });
  }

  /** A place at an engine that was not tried; undefined where there is none that takes calls. */
  pick(tried: readonly Engine[]): BalanceLease<Engine> | undefined {
    const lease = this.#balance.pick({ avoid: tried.map(({ id }) => id) });
    if (lease === undefined || !tried.includes(lease.endpoint)) return lease;
    lease.release();
    return undefined;
  }

  /** The engine whose breaker lets a call through first. */
  get soonest(): Engine {
    return this.all.reduce((best, each) => (waitOf(each) < waitOf(best) ? each : best));
  }

  /** Whether a call could go to an engine that was not tried. */
  hasOther(tried: readonly Engine[]): boolean {
    return this.all.some((engine) => !tried.includes(engine) && engine.breaker.state !== 'open');
  }

  /** Takes what an attempt at another engine costs. */
  charge(): boolean {
    return this.#elsewhere.charge();
  }

  succeeded(): void {
    this.#elsewhere.succeeded();
  }

  reportLoad(engine: Engine, tasks: number): void {
    this.#balance.reportLoad(engine.id, tasks);
  }

  /** The start line: what each engine's calls go through. */
  describe(): string {
    const [first] = this.all;
    const line = first === undefined ? '' : `${first.pipeline.describe()} ; ${first.bulkhead.describe()}`;
    return this.all.length === 1 ? line : `${this.#balance.describe()} > ${line}`;
  }

  snapshot() {
    const budgets = [...this.all.map(({ pipeline }) => pipeline.snapshot().budget), ...this.#ownBudget()];
    const sum = (of: (budget: (typeof budgets)[number]) => number): number => budgets.reduce((all, each) => all + of(each), 0);
    return {
      balance: this.#balance.snapshot(),
      budget: {
        tokens: sum(({ tokens }) => tokens),
        capacity: sum(({ capacity }) => capacity),
        perSuccess: this.#elsewhere.snapshot().perSuccess,
        perSecond: sum(({ perSecond }) => perSecond),
      },
    };
  }

  /** Other options for the same engines. A RangeError leaves everything as it was: all have the same options. */
  reload(config: GatewayConfig): void {
    const sameEngines = { ...config, ENGINE_URL: this.all.map(({ client }) => client.origin) };
    for (const engine of this.all) engine.reload(engineOptions(sameEngines));
    this.#elsewhere.reload(resolveBudget(elsewhereBudget(config)));
    this.#balance.reload(balanceOptions(config));
  }

  /** Ends the calls under way; later ones are refused. */
  stop(): void {
    for (const { pipeline } of this.all) pipeline.stop();
  }

  async close(): Promise<void> {
    this.#balance.stop();
    await Promise.all(this.all.map((engine) => engine.close()));
  }

  // With one engine there is no other to go to.
  #ownBudget() {
    return this.all.length === 1 ? [] : [this.#elsewhere.snapshot()];
  }
}

const engineOptions = (config: GatewayConfig): EngineOptions => ({
  pipeline: pipelineOptions(config),
  bulkhead: bulkheadOptions(config),
});

const waitOf = ({ breaker }: Engine): number => breaker.nextAttemptInMs ?? 0;
