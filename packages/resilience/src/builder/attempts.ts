import type { BulkheadPolicy } from '../bulkhead/index.ts';
import type { HedgePolicy } from '../hedge/index.ts';
import { LocalRefusalError } from '../local-refusal.ts';
import type { Classify, Operation, Verdict } from '../policy.ts';
import type { LayeredAttempt, LayeredCall, LayeredOperation } from './call.ts';

/** Hedge and bulkhead around each attempt. */
export class Attempts {
  readonly #hedge: HedgePolicy | undefined;
  readonly #bulkhead: BulkheadPolicy | undefined;
  readonly #classify: Classify;

  constructor(hedge: HedgePolicy | undefined, bulkhead: BulkheadPolicy | undefined, classify: Classify) {
    this.#hedge = hedge;
    this.#bulkhead = bulkhead;
    this.#classify = classify;
  }

  /** A refusal of ours is neutral where no attempt of the call has failed; after a failed one the call has failed. */
  readonly classify: Classify = (settled): Verdict => {
    if (!('error' in settled) || !(settled.error instanceof LocalRefusalError)) return this.#classify(settled);
    const { layer, message, attempt } = settled.error;
    return { kind: attempt > 1 ? 'permanent' : 'neutral', reason: layer, message };
  };

  around<R>(operation: LayeredOperation<R>, call: LayeredCall): Operation<R> {
    const hedge = this.#hedge;
    if (hedge === undefined)
      return this.#bulkhead === undefined ? operation : (attempt) => this.#admitted(operation, call, attempt);
    const good = (result: R): boolean => this.#classify({ result }).kind === 'success';
    return ({ number, remainingMs, timeoutMs, signal }) =>
      hedge.run({ signal, remainingMs: timeoutMs, mayHedge: call.mayHedge === true, good }, (leg) =>
        this.#admitted(operation, call, { number, remainingMs, timeoutMs, signal: leg.signal, hedge: leg.number === 2 }),
      );
  }

  #admitted<R>(operation: LayeredOperation<R>, { priority }: LayeredCall, attempt: LayeredAttempt): Promise<R> {
    if (this.#bulkhead === undefined) return operation(attempt);
    const { number, timeoutMs } = attempt;
    const entry = { signal: () => attempt.signal, remainingMs: timeoutMs, priority, attempt: number };
    return this.#bulkhead.run(entry, () => operation(attempt));
  }
}
