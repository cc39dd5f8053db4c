import type { BulkheadPolicy } from '../bulkhead/index.ts';
import type { HedgePolicy } from '../hedge/index.ts';
import { LocalRefusalError } from '../local-refusal.ts';
import type { AttemptContext, Classify, Operation, Verdict } from '../policy.ts';
import type { LayeredCall, LayeredOperation } from './call.ts';

/**
 * Hedge and bulkhead around each attempt. A refusal of the bulkhead is neutral where no attempt of the call has failed;
 * after a failed one the call has failed.
 */
export class Attempts {
  readonly #hedge: HedgePolicy | undefined;
  readonly #bulkhead: BulkheadPolicy | undefined;
  readonly #classify: Classify;
  readonly #afterFailure = new WeakSet<LocalRefusalError>();

  constructor(hedge: HedgePolicy | undefined, bulkhead: BulkheadPolicy | undefined, classify: Classify) {
    this.#hedge = hedge;
    this.#bulkhead = bulkhead;
    this.#classify = classify;
  }

  readonly classify: Classify = (settled): Verdict => {
    if (!('error' in settled) || !(settled.error instanceof LocalRefusalError)) return this.#classify(settled);
    const { layer, message } = settled.error;
    return { kind: this.#afterFailure.has(settled.error) ? 'permanent' : 'neutral', reason: layer, message };
  };

  around<R>(operation: LayeredOperation<R>, call: LayeredCall): Operation<R> {
    const hedge = this.#hedge;
    if (hedge === undefined) return (attempt) => this.#admitted(operation, call, attempt, attempt.signal, false);
    const good = (result: R): boolean => this.#classify({ result }).kind === 'success';
    return (attempt) =>
      hedge.run(
        { signal: attempt.signal, remainingMs: attempt.timeoutMs, mayHedge: call.mayHedge === true, good },
        ({ number, signal }) => this.#admitted(operation, call, attempt, signal, number === 2),
      );
  }

  async #admitted<R>(
    operation: LayeredOperation<R>,
    call: LayeredCall,
    attempt: AttemptContext,
    signal: AbortSignal,
    hedge: boolean,
  ): Promise<R> {
    const { number, remainingMs, timeoutMs } = attempt;
    const work = (): Promise<R> => operation({ number, remainingMs, timeoutMs, signal, hedge });
    if (this.#bulkhead === undefined) return work();
    try {
      return await this.#bulkhead.run({ signal, remainingMs: timeoutMs, priority: call.priority }, work);
    } catch (error) {
      if (error instanceof LocalRefusalError && number > 1) this.#afterFailure.add(error);
      throw error;
    }
  }
}
