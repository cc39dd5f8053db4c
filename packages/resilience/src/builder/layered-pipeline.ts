import type { DeadlinePolicy } from '../deadline/index.ts';
import { RetriesExhaustedError } from '../errors.ts';
import { LocalRefusalError } from '../local-refusal.ts';
import type { Pipeline, PipelineOptions, PipelineSnapshot } from '../pipeline-types.ts';
import type { Classify } from '../policy.ts';
import type { Attempts } from './attempts.ts';
import type { LayeredCall, LayeredOperation, PassingCall } from './call.ts';
import type { Delivered } from './delivered.ts';
import type { DrainGate } from './drain-gate.ts';
import type { OuterLayer } from './layer.ts';
import type { LayerName } from './order.ts';

interface Parts<R> {
  readonly gate: DrainGate | undefined;
  readonly outer: readonly OuterLayer<LayerName, R>[];
  /** Before which of the outer layers the total starts to run; −1: the core starts it. */
  readonly deadlineAt: number;
  readonly deadline: DeadlinePolicy;
  readonly classify: Classify;
  readonly attempts: Attempts;
  readonly core: Pipeline;
  readonly inner: readonly { describe(): string; stop(): void }[];
}

/** All layers as one. */
export class LayeredPipeline<R> {
  readonly #parts: Parts<R>;

  constructor(parts: Parts<R>) {
    this.#parts = parts;
  }

  /** Runs the operation through every layer. Rejects as `Pipeline.execute` does, or with the LocalRefusalError of a layer. */
  execute(operation: LayeredOperation<R>, call: LayeredCall): Promise<Delivered<R>> {
    const refusal = this.#parts.gate?.refusal;
    return refusal === undefined ? this.#enter(0, call, operation) : Promise.reject(refusal);
  }

  /** Options of the core; outer policies are reloaded by themselves. */
  reload(options: PipelineOptions): void {
    this.#parts.core.reload(options);
  }

  describe(): string {
    const { outer, inner, core } = this.#parts;
    return [...outer.map((layer) => layer.describe()), core.describe(), ...inner.map((policy) => policy.describe())].join(' > ');
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
    const { outer, core, inner } = this.#parts;
    for (const layer of outer) layer.stop();
    core.stop();
    for (const policy of inner) policy.stop();
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
    return core.execute(attempts.around(operation, call), options).then(answer<R>, unwrapRefusal);
  }
}

const answer = <R>(value: R): Delivered<R> => ({ kind: 'answer', value });

// What a layer of ours refused did not fail, however often it was tried.
function unwrapRefusal(error: unknown): never {
  throw error instanceof RetriesExhaustedError && error.cause instanceof LocalRefusalError ? error.cause : error;
}
