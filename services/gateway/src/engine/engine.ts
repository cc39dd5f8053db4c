import type { Clock, Random } from '@penstock/clock';
import {
  type BreakerSnapshot,
  type BreakerStateName,
  type BudgetPolicy,
  type BulkheadOptions,
  BulkheadPolicy,
  type Classify,
  createPipeline,
  type Pipeline,
  type PipelineOptions,
  type PolicyEvent,
  resolveBulkhead,
} from '@penstock/resilience';
import { EngineClient, type EngineClientOptions } from './engine-client.ts';

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
}

/** One engine: its connections, its breaker with the retries at this engine, and how many attempts it gets at once. */
export class Engine {
  /** In messages, series and spans; the balancer's id too. */
  readonly id: string;
  readonly client: EngineClient;
  readonly pipeline: Pipeline;
  readonly bulkhead: BulkheadPolicy;

  constructor(id: string, client: EngineClientOptions, options: EngineOptions, deps: EngineDeps) {
    this.id = id;
    this.client = new EngineClient(client);
    this.bulkhead = new BulkheadPolicy(resolveBulkhead(options.bulkhead), { name: id, clock: deps.clock, onEvent: deps.onEvent });
    this.pipeline = createPipeline(options.pipeline, {
      name: id,
      clock: deps.clock,
      random: deps.random,
      classify: deps.classify,
      budget: deps.budget,
      probe: (signal) => this.client.ready(signal),
      // A call's own listener hears the events of the call.
      onEvent: (event) => {
        if (event.call === undefined) deps.onEvent(event);
      },
    });
  }

  /** The breaker as calls meet it. */
  get state(): BreakerStateName {
    return this.pipeline.state;
  }

  get breaker(): BreakerSnapshot {
    return this.pipeline.snapshot().breaker;
  }

  /** Other options; nothing that was learnt is dropped. A RangeError leaves everything as it was. */
  reload(options: EngineOptions): void {
    this.pipeline.reload(options.pipeline);
    this.bulkhead.reload(options.bulkhead);
  }

  close(): Promise<void> {
    this.bulkhead.stop();
    this.pipeline.stop();
    return this.client.close();
  }
}
