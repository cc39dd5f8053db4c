import type { Clock, Random } from '@penstock/clock';
import {
  type BreakerSnapshot,
  type Classify,
  createPipeline,
  type Pipeline,
  type PipelineOptions,
  type PolicyEvent,
} from '@penstock/resilience';
import { EngineClient, type EngineClientOptions } from './engine-client.ts';

export interface EngineDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly classify: Classify;
  /** Hears what belongs to no call: transitions by time or readiness, reloads. */
  readonly onEvent: (event: PolicyEvent) => void;
}

/** One engine: its connections, and its breaker with the retries at this engine. */
export class Engine {
  /** In messages, series and spans; the balancer's id too. */
  readonly id: string;
  readonly client: EngineClient;
  readonly pipeline: Pipeline;

  constructor(id: string, client: EngineClientOptions, options: PipelineOptions, deps: EngineDeps) {
    this.id = id;
    this.client = new EngineClient(client);
    this.pipeline = createPipeline(options, {
      name: id,
      clock: deps.clock,
      random: deps.random,
      classify: deps.classify,
      probe: (signal) => this.client.ready(signal),
      // A call's own listener hears the events of the call.
      onEvent: (event) => {
        if (event.call === undefined) deps.onEvent(event);
      },
    });
  }

  get breaker(): BreakerSnapshot {
    return this.pipeline.snapshot().breaker;
  }

  /** Other options; nothing that was learnt is dropped. A RangeError leaves everything as it was. */
  reload(options: PipelineOptions): void {
    this.pipeline.reload(options);
  }

  close(): Promise<void> {
    this.pipeline.stop();
    return this.client.close();
  }
}
