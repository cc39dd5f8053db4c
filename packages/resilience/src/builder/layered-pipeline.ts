import { type BulkheadOptions, type BulkheadPolicy, resolveBulkhead } from '../bulkhead/index.ts';
import type { CoalesceOptions } from '../coalesce/index.ts';
import type { ConcurrencyOptions } from '../concurrency/index.ts';
import { type DeadlinePolicy, resolveDeadline } from '../deadline/index.ts';
import { RetriesExhaustedError } from '../errors.ts';
import type { FallbackOptions } from '../fallback/index.ts';
import { type HedgeOptions, type HedgePolicy, resolveHedge } from '../hedge/index.ts';
import type { IdempotencyOptions } from '../idempotency/index.ts';
import { LocalRefusalError } from '../local-refusal.ts';
import type { Pipeline, PipelineOptions, PipelineSnapshot } from '../pipeline-types.ts';
import type { CallEnd, Classify } from '../policy.ts';
import type { RateLimitOptions } from '../rate-limit/index.ts';
import type { StaleOptions } from '../stale/index.ts';
import type { ThrottleOptions } from '../throttle/index.ts';
import { unwrap } from '../unwrap.ts';
import type { Attempts } from './attempts.ts';
import type { LayeredCall, LayeredOperation, PassingCall } from './call.ts';
import type { Delivered } from './delivered.ts';
import type { DrainGate } from './drain-gate.ts';
import type { OuterLayer } from './layer.ts';
import type { LayerName } from './order.ts';

/** Options by layer. */
export interface LayeredOptions extends PipelineOptions {
  readonly 'rate-limit'?: Partial<RateLimitOptions>;
  readonly throttle?: Partial<ThrottleOptions>;
  readonly concurrency?: Partial<ConcurrencyOptions>;
  readonly idempotency?: Partial<IdempotencyOptions>;
  readonly coalesce?: Partial<CoalesceOptions>;
  readonly fallback?: Partial<FallbackOptions>;
  readonly stale?: Partial<StaleOptions>;
  readonly hedge?: Partial<HedgeOptions>;
  readonly bulkhead?: Partial<BulkheadOptions>;
}

interface Parts<R> {
  readonly gate: DrainGate | undefined;
  readonly outer: readonly OuterLayer<LayerName, R>[];
  /** Before which of the outer layers the total starts to run; −1: the core starts it. */
  readonly deadlineAt: number;
  readonly deadline: DeadlinePolicy;
  readonly classify: Classify;
  readonly attempts: Attempts;
  readonly core: Pipeline;
  /** Every option of the core, those of layers that were not added included. */
  readonly coreOptions: PipelineOptions;
  readonly added: readonly LayerName[];
  readonly hedge: HedgePolicy | undefined;
  readonly bulkhead: BulkheadPolicy | undefined;
}

/** All layers as one. */
export class LayeredPipeline<R> {
  readonly #parts: Parts<R>;
  #coreOptions: PipelineOptions;

  constructor(parts: Parts<R>) {
    this.#parts = parts;
    this.#coreOptions = parts.coreOptions;
  }

  /** Runs the operation through every layer. Rejects as `Pipeline.execute` does, or with the LocalRefusalError of a layer. */
  execute(operation: LayeredOperation<R>, call: LayeredCall): Promise<Delivered<R>> {
    const refusal = this.#parts.gate?.refusal;
    return refusal === undefined ? this.#enter(0, call, operation) : Promise.reject(refusal);
  }

  /**
   * Other options for the layers that are named, each complete: what is left out of one has its default again. Layers that
   * are not named keep theirs. A RangeError, also for a layer that was not added, leaves everything as it was.
   */
  reload(options: LayeredOptions): void {
    const { outer, core, deadline, hedge, bulkhead } = this.#parts;
    const { hedge: forHedge, bulkhead: forBulkhead, ...others } = options;
    this.#assertAdded(options);
    const named = outer.flatMap((layer) => {
      const given = others[layer.layer as keyof typeof others];
      return given === undefined ? [] : [{ layer, given }];
    });
    for (const { layer, given } of named) layer.resolve(given);
    if (forHedge !== undefined) resolveHedge(forHedge);
    if (forBulkhead !== undefined) resolveBulkhead(forBulkhead);
    const coreOptions = { ...this.#coreOptions, ...coreOf(options) };
    core.reload(coreOptions);
    this.#coreOptions = coreOptions;
    if (options.deadline !== undefined) deadline.reload(resolveDeadline(options.deadline));
    for (const { layer, given } of named) layer.reload(given);
    if (forHedge !== undefined) hedge?.reload(forHedge);
    if (forBulkhead !== undefined) bulkhead?.reload(forBulkhead);
  }

  describe(): string {
    const { outer, core } = this.#parts;
    return [...outer, core, ...this.#inner].map((layer) => layer.describe()).join(' > ');
  }

  snapshot(): PipelineSnapshot {
    return this.#parts.core.snapshot();
  }

  /** Closes the drain gate, if there is one; from now on nothing is retried. */
  drain(): void {
    this.#parts.gate?.close();
    this.#parts.core.drain();
  }

  /** Stops every layer, the outer policies included. */
  stop(): void {
    this.drain();
    const { outer, core } = this.#parts;
    for (const layer of outer) layer.stop();
    core.stop();
    for (const policy of this.#inner) policy.stop();
  }

  get #inner() {
    return [this.#parts.hedge, this.#parts.bulkhead].filter((policy) => policy !== undefined);
  }

  #assertAdded(options: LayeredOptions): void {
    const { added } = this.#parts;
    for (const name of Object.keys(options)) {
      // The budget is the retry's.
      const layer = name === 'budget' ? 'retry' : name;
      if (!added.some((each) => each === layer))
        throw new RangeError(`"${name}" is not a layer of this pipeline; it has ${added.join(', ')}`);
    }
  }

  #enter(index: number, given: PassingCall, operation: LayeredOperation<R>): Promise<Delivered<R>> {
    const { outer, deadlineAt, deadline, classify } = this.#parts;
    const call = index === deadlineAt ? { ...given, deadline: deadline.start(given) } : given;
    const layer = outer[index];
    if (layer === undefined) return this.#core(call, operation);
    return layer.run(call, (passed) => this.#enter(index + 1, passed, operation), classify);
  }

  #core(call: PassingCall, operation: LayeredOperation<R>): Promise<Delivered<R>> {
    const { core, attempts } = this.#parts;
    const options = call.deadline === undefined ? call : { ...call, totalMs: call.deadline.remaining() };
    return core.deliver(attempts.around(operation, call), options, answer);
  }
}

const coreOf = ({ deadline, breaker, retry, budget, timeout }: LayeredOptions): PipelineOptions => ({
  ...(deadline && { deadline }),
  ...(breaker && { breaker }),
  ...(retry && { retry }),
  ...(budget && { budget }),
  ...(timeout && { timeout }),
});

function answer<R>(end: CallEnd<R>): Delivered<R> {
  try {
    return { kind: 'answer', value: unwrap(end) };
  } catch (error) {
    // What a layer of ours refused did not fail, however often it was tried.
    throw error instanceof RetriesExhaustedError && error.cause instanceof LocalRefusalError ? error.cause : error;
  }
}
