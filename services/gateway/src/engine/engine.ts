import type { Clock, Random } from '@penstock/clock';
import {
  type Acceptance,
  type BreakerSnapshot,
  type BreakerStateName,
  type BudgetPolicy,
  type BulkheadEntry,
  type BulkheadOptions,
  BulkheadPolicy,
  type Classify,
  type ConcurrencyOptions,
  ConcurrencyPolicy,
  createPipeline,
  judgeEnd,
  loadSign,
  type Pipeline,
  type PipelineOptions,
  type PolicyEvent,
  resolveBulkhead,
  resolveConcurrency,
  resolveThrottle,
  type Settled,
  type ThrottleOptions,
  ThrottlePolicy,
  willingness,
} from '@penstock/resilience';
import { EngineClient, type EngineClientOptions } from './engine-client.ts';
import type { EngineReply } from './engine-reply.ts';

export interface EngineDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly classify: Classify;
  /** What further attempts cost, at whatever engine. */
  readonly budget: BudgetPolicy;
  /** Hears what belongs to no call: transitions by time or readiness, reloads. */
  readonly onEvent: (event: PolicyEvent) => void;
}

export interface EngineOptions {
  readonly pipeline: PipelineOptions;
  readonly bulkhead: BulkheadOptions;
  readonly concurrency: ConcurrencyOptions;
  readonly throttle: ThrottleOptions;
}

/** Reads the reason of an attempt that was cut from its signal: what its connection says then is a consequence. */
type EntryWithSignal = BulkheadEntry & { readonly signal: AbortSignal };

/**
 * One engine: its connections, what it is spared (throttle), its breaker with the retries at this engine, and how many
 * attempts it gets at once (adaptive concurrency, bulkhead).
 */
export class Engine {
  /** In messages, series and spans; the balancer's id too. */
  readonly id: string;
  readonly client: EngineClient;
  readonly pipeline: Pipeline;
  readonly bulkhead: BulkheadPolicy;
  readonly concurrency: ConcurrencyPolicy;
  readonly throttle: ThrottlePolicy;
  readonly #classify: Classify;

  constructor(id: string, client: EngineClientOptions, options: EngineOptions, deps: EngineDeps) {
    this.id = id;
    this.client = new EngineClient(client);
    this.#classify = deps.classify;
    const { clock, random, onEvent } = deps;
    this.bulkhead = new BulkheadPolicy(resolveBulkhead(options.bulkhead), { name: id, clock, onEvent });
    this.concurrency = new ConcurrencyPolicy(resolveConcurrency(options.concurrency), { name: id, clock, random, onEvent });
    this.throttle = new ThrottlePolicy(resolveThrottle(options.throttle), { name: id, clock, random, onEvent });
    this.pipeline = createPipeline(options.pipeline, {
      name: id,
      clock: deps.clock,
      random: deps.random,
      classify: deps.classify,
      budget: deps.budget,
      probe: (signal) => this.client.ready(signal),
      // A call's own listener hears the events of the call.
      onEvent: (event) => {
        if (event.type === 'breaker_transition' && event.to === 'closed') this.throttle.forget();
        if (event.call === undefined) deps.onEvent(event);
      },
    });
  }

  /** The breaker as calls meet it. */
  get state(): BreakerStateName {
    return this.pipeline.state;
  }

  /** The breaker lets a call through, maybe as a probe. */
  get takesCalls(): boolean {
    return this.state !== 'open' && this.pipeline.retryAfterMs === 0;
  }

  get breaker(): BreakerSnapshot {
    return this.pipeline.snapshot().breaker;
  }

  /** One attempt, once there is room for it. Rejects with a LocalRefusalError where there is none. */
  admit<T>(entry: EntryWithSignal, send: () => Promise<T>): Promise<T> {
    return this.concurrency.run(
      entry,
      () => this.bulkhead.run(entry, send),
      (settled) =>
        loadSign(judgeEnd('error' in settled && entry.signal.aborted ? { error: entry.signal.reason } : settled, this.#classify)),
    );
  }

  /** What the end of a visit says about the engine's willingness, for its throttle. */
  willing(settled: Settled<unknown>): Acceptance {
    return willingness(settled, judgeEnd(settled, this.#classify));
  }

  /** How long the engine asked to wait, ms. */
  retryAfterMs(settled: Settled<unknown>): number {
    return judgeEnd(settled, this.#classify).retryAfterMs ?? 0;
  }

  /** Whether a reply is one that a race ends with: what is refused for good is so by the other attempt as well. */
  isGood(reply: EngineReply): boolean {
    const { kind } = this.#classify({ result: reply });
    return kind === 'success' || kind === 'permanent';
  }

  describe(): string {
    const inner = [this.concurrency, this.bulkhead].map((policy) => policy.describe());
    return `${this.throttle.describe()} > ${this.pipeline.describe()} ; ${inner.join(' > ')}`;
  }

  /** Other options; nothing that was learnt is dropped. A RangeError leaves everything as it was. */
  reload(options: EngineOptions): void {
    this.pipeline.reload(options.pipeline);
    this.bulkhead.reload(options.bulkhead);
    this.concurrency.reload(options.concurrency);
    this.throttle.reload(options.throttle);
  }

  close(): Promise<void> {
    for (const policy of [this.throttle, this.concurrency, this.bulkhead]) policy.stop();
    this.pipeline.stop();
    return this.client.close();
  }
}
