import type { BreakerOptions } from '../breaker/index.ts';
import type { BudgetOptions } from '../budget/index.ts';
import type { BulkheadPolicy } from '../bulkhead/index.ts';
import type { DeadlineOptions } from '../deadline/index.ts';
import type { HedgePolicy } from '../hedge/index.ts';
import type { Classify } from '../policy.ts';
import type { RetryOptions } from '../retry/index.ts';
import type { TimeoutOptions } from '../timeout/index.ts';
import type { PassingCall } from './call.ts';
import type { Delivered } from './delivered.ts';
import type { DrainGate } from './drain-gate.ts';
import type { LayerName } from './order.ts';

export type Next<R> = (call: PassingCall) => Promise<Delivered<R>>;

/** A layer around the core. */
export interface OuterLayer<N extends LayerName, R> {
  readonly layer: N;
  readonly kind: 'outer';
  run(call: PassingCall, next: Next<R>, classify: Classify): Promise<Delivered<R>>;
  describe(): string;
  /** Throws a RangeError for options that do not fit. */
  resolve(given: object): void;
  /** Options that `resolve` has let pass; counts and what was learnt stay. */
  reload(given: object): void;
  stop(): void;
}

/** A layer that does not look into answers: it fits around any. */
export interface EveryLayer<N extends LayerName> extends Omit<OuterLayer<N, never>, 'run'> {
  run<R>(call: PassingCall, next: Next<R>, classify: Classify): Promise<Delivered<R>>;
}

/** What the core is made of. */
export type CoreLayer =
  | { readonly layer: 'drain'; readonly kind: 'drain'; readonly gate: DrainGate }
  | { readonly layer: 'deadline'; readonly kind: 'deadline'; readonly options: Partial<DeadlineOptions> }
  | { readonly layer: 'breaker'; readonly kind: 'breaker'; readonly options: Partial<BreakerOptions> }
  | {
      readonly layer: 'retry';
      readonly kind: 'retry';
      readonly options: Partial<RetryOptions>;
      readonly budget: Partial<BudgetOptions> | undefined;
    }
  | { readonly layer: 'hedge'; readonly kind: 'hedge'; readonly policy: HedgePolicy }
  | { readonly layer: 'bulkhead'; readonly kind: 'bulkhead'; readonly policy: BulkheadPolicy }
  | { readonly layer: 'timeout'; readonly kind: 'timeout'; readonly options: Partial<TimeoutOptions> };

/** A layer of this name for answers of type R. */
export type Layer<N extends LayerName, R> = N extends LayerName ? OuterLayer<N, R> | Extract<CoreLayer, { layer: N }> : never;
