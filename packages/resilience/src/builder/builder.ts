import type { BudgetOptions } from '../budget/index.ts';
import { DeadlinePolicy, resolveDeadline } from '../deadline/index.ts';
import type { HedgePolicy } from '../hedge/index.ts';
import { createPipeline } from '../pipeline.ts';
import type { PipelineDeps } from '../pipeline-types.ts';
import { refuse } from '../validate.ts';
import { Attempts } from './attempts.ts';
import type { Layer, OuterLayer } from './layer.ts';
import { LayeredPipeline } from './layered-pipeline.ts';
import { checkOrder, type Inside, type LayerName } from './order.ts';

type AnyLayer<R> = Layer<LayerName, R>;

/** Takes layers from the outside inwards; only those that may stand inside the last one. */
export class PipelineBuilder<R, Last extends LayerName | 'start'> {
  readonly #deps: PipelineDeps;
  readonly #layers: readonly AnyLayer<R>[];
  /** For the type only: builders with other last layers are other types. */
  declare readonly last: Last;

  constructor(deps: PipelineDeps, layers: readonly AnyLayer<R>[]) {
    this.#deps = deps;
    this.#layers = layers;
  }

  /** Throws a RangeError that names both layers and the right order, should the types have been got round. */
  with<N extends Last extends LayerName ? Inside<Last> : LayerName>(layer: Layer<N, R>): PipelineBuilder<R, N> {
    const added = layer as AnyLayer<R>;
    checkOrder(this.#layers.at(-1)?.layer, added.layer);
    return new PipelineBuilder<R, N>(this.#deps, [...this.#layers, added]);
  }

  /** The pipeline. A layer of the core that was not added is off. Throws a RangeError for options that do not fit. */
  build(): LayeredPipeline<R> {
    const deps = this.#deps;
    const off = { mode: 'off' } as const;
    const deadlineOptions = this.#find('deadline')?.options;
    const retry = this.#find('retry');
    const hedge = this.#find('hedge')?.policy;
    const bulkhead = this.#find('bulkhead')?.policy;
    const budget = this.#budget(retry?.budget, hedge);
    const attempts = new Attempts(hedge, bulkhead, deps.classify);
    const coreOptions = {
      deadline: deadlineOptions ?? off,
      breaker: this.#find('breaker')?.options ?? off,
      retry: retry?.options ?? off,
      ...(budget !== undefined && { budget }),
      timeout: this.#find('timeout')?.options ?? off,
    };
    const core = createPipeline(coreOptions, { ...deps, classify: attempts.classify });
    const around = this.#layers.filter(({ kind }) => kind === 'outer' || kind === 'deadline');
    const deadlineAt = around.findIndex(({ kind }) => kind === 'deadline');
    return new LayeredPipeline<R>({
      gate: this.#find('drain')?.gate,
      outer: around.filter((layer): layer is OuterLayer<LayerName, R> => layer.kind === 'outer'),
      // With nothing between them, the core can start the total as well.
      deadlineAt: deadlineAt === around.length - 1 ? -1 : deadlineAt,
      deadline: new DeadlinePolicy(resolveDeadline(deadlineOptions ?? off), deps.clock),
      classify: deps.classify,
      attempts,
      core,
      coreOptions,
      added: this.#layers.map(({ layer }) => layer),
      hedge,
      bulkhead,
    });
  }

  // The core's own, or undefined where all share the one that the pipeline is given.
  #budget(own: Partial<BudgetOptions> | undefined, hedge: HedgePolicy | undefined): Partial<BudgetOptions> | undefined {
    const shared = this.#deps.budget;
    if (shared !== undefined && own !== undefined) refuse('retry budget', 'left out where the pipeline is given one', own);
    if (hedge !== undefined && hedge.budget !== shared && this.#find('retry') !== undefined) {
      throw new RangeError('the hedge must have the budget that the pipeline is given: retries and hedges share one');
    }
    return shared === undefined ? (own ?? {}) : undefined;
  }

  #find<K extends AnyLayer<R>['kind']>(kind: K): Extract<AnyLayer<R>, { kind: K }> | undefined {
    return this.#layers.find((layer): layer is Extract<AnyLayer<R>, { kind: K }> => layer.kind === kind);
  }
}

/** An empty builder for answers of type R. */
export const buildPipeline = <R>(deps: PipelineDeps): PipelineBuilder<R, 'start'> => new PipelineBuilder<R, 'start'>(deps, []);
