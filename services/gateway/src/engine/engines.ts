import {
  type BalanceLease,
  BalancePolicy,
  BudgetPolicy,
  type CallId,
  type RetryOptions,
  resolveBalance,
  resolveBudget,
} from '@penstock/resilience';
import type { GatewayConfig } from '../config.ts';
import { Engine, type EngineDeps, type EngineOptions } from './engine.ts';
import { Hedges } from './hedges.ts';
import {
  balanceOptions,
  budgetOptions,
  bulkheadOptions,
  concurrencyOptions,
  hedgeOptions,
  pipelineOptions,
  retryOptions,
  throttleOptions,
} from './pipeline-options.ts';

/** What the engines are called together, and the only one alone. */
export const ENGINES = 'engine';

/** `engine`, or `engine-1`, `engine-2`, … in the order of `ENGINE_URL`. */
export const engineNames = ({ ENGINE_URL }: GatewayConfig): readonly string[] =>
  ENGINE_URL.length === 1 ? [ENGINES] : ENGINE_URL.map((_url, at) => `${ENGINES}-${at + 1}`);

/** The engines, who of them is next, and the one budget of what repeats work at any of them. */
export class Engines {
  readonly all: readonly Engine[];
  readonly #balance: BalancePolicy<Engine>;
  /** Retries, attempts at another engine and hedges: one bucket, or an outage would be paid for twice. */
  readonly budget: BudgetPolicy;
  readonly hedges: Hedges;
  /** After this a connection counts as not to be had, ms. */
  readonly connectTimeoutMs: number;
  #retry: RetryOptions;
  #trialMs: number;

  constructor(config: GatewayConfig, deps: Omit<EngineDeps, 'budget'>) {
    const names = engineNames(config);
    const budget = new BudgetPolicy(resolveBudget(budgetOptions(config)), deps.clock);
    this.budget = budget;
    this.connectTimeoutMs = config.CONNECT_TIMEOUT_MS;
    this.#retry = retryOptions(config);
    this.#trialMs = config.BREAKER_PROBE_LEASE_MS;
    this.hedges = new Hedges(hedgeOptions(config), { name: ENGINES, clock: deps.clock, budget, onEvent: deps.onEvent });
    this.all = config.ENGINE_URL.map((origin, at) => {
      const client = { origin, connections: config.POOL_CONNECTIONS, connectTimeoutMs: config.CONNECT_TIMEOUT_MS };
      return new Engine(names[at] ?? ENGINES, client, engineOptions(config), { ...deps, budget });
    });
    this.#balance = new BalancePolicy(resolveBalance(balanceOptions(config)), {
      name: ENGINES,
      clock: deps.clock,
      random: deps.random,
      onEvent: deps.onEvent,
      endpoints: this.all,
      state: ({ state }) => state,
    });
  }

  /** How calls are repeated, at one engine or over several. */
  get retry(): RetryOptions {
    return this.#retry;
  }

  /** After this a call that was let through a half-open breaker is no trial any more, ms. */
  get trialMs(): number {
    return this.#trialMs;
  }

  /** There are others to go to. */
  get several(): boolean {
    return this.all.length > 1;
  }

  /** A place at another engine than these; undefined where there is none that takes calls. */
  pick(avoid: readonly Engine[], call: CallId): BalanceLease<Engine> | undefined {
    // Asked for nothing in vain: each pick is told.
    if (avoid.length > 0 && !this.hasOther(avoid)) return undefined;
    return this.#balance.pick({ avoid: avoid.map(({ id }) => id), call });
  }

  /** Whether a hedge of an attempt at this engine has somewhere to go. */
  canHedge(late: Engine, where: 'anywhere' | 'elsewhere'): boolean {
    return this.#forHedge(late, where).length > 0;
  }

  /** A place for a hedge of an attempt at this engine, at another one where there is one; else at the same, if it may. */
  pickForHedge(late: Engine, where: 'anywhere' | 'elsewhere'): BalanceLease<Engine> | undefined {
    const wanted = this.#forHedge(late, where);
    if (wanted.length === 0) return undefined;
    return this.#balance.pick({ avoid: this.all.filter((each) => !wanted.includes(each)).map(({ id }) => id) });
  }

  // None that is half-open: a hedge that lost would have been a trial without a verdict.
  #forHedge(late: Engine, where: 'anywhere' | 'elsewhere'): readonly Engine[] {
    const closed = this.all.filter(({ state }) => state === 'closed');
    const others = closed.filter((each) => each !== late);
    return others.length === 0 && where === 'anywhere' ? closed : others;
  }

  /** The engine whose breaker lets a call through first. */
  get soonest(): Engine {
    return this.all.reduce((best, each) => (each.pipeline.retryAfterMs < best.pipeline.retryAfterMs ? each : best));
  }

  /** Whether a call could go to another engine than these. */
  hasOther(than: readonly Engine[]): boolean {
    return this.all.some((engine) => !than.includes(engine) && engine.takesCalls);
  }

  /** Calls have nowhere else to go: whether an engine whose breaker is open takes work again is asked at once. */
  askReadiness(): void {
    for (const { pipeline } of this.all) pipeline.askReadiness();
  }

  reportLoad(engine: Engine, tasks: number): void {
    this.#balance.reportLoad(engine.id, tasks);
  }

  /** Calls go to others for a while. */
  reportUnreachable(engine: Engine): void {
    this.#balance.reportUnreachable(engine.id);
  }

  /** The start line: what each engine's calls go through. */
  describe(): string {
    const [first] = this.all;
    const line = first === undefined ? [] : [first.describe()];
    return [...(this.all.length === 1 ? [] : [this.#balance]), this.hedges]
      .map((layer) => layer.describe())
      .concat(line)
      .join(' > ');
  }

  snapshot() {
    return { balance: this.#balance.snapshot(), budget: this.budget.snapshot(), hedges: this.hedges.snapshot() };
  }

  /** Other options for the same engines. A RangeError leaves everything as it was: all have the same options. */
  reload(config: GatewayConfig): void {
    const budget = resolveBudget(budgetOptions(config));
    const hedge = hedgeOptions(config);
    for (const engine of this.all) engine.reload(engineOptions(config));
    this.budget.reload(budget);
    this.#retry = retryOptions(config);
    this.#trialMs = config.BREAKER_PROBE_LEASE_MS;
    this.hedges.reload(hedge);
    this.#balance.reload(balanceOptions(config));
  }

  /** Ends the calls under way; later ones are refused. */
  stop(): void {
    for (const { pipeline } of this.all) pipeline.stop();
  }

  async close(): Promise<void> {
    this.#balance.stop();
    this.hedges.stop();
    await Promise.all(this.all.map((engine) => engine.close()));
  }
}

const engineOptions = (config: GatewayConfig): EngineOptions => ({
  pipeline: pipelineOptions(config),
  bulkhead: bulkheadOptions(config),
  concurrency: concurrencyOptions(config),
  throttle: throttleOptions(config),
});
