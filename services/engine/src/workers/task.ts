import type { FieldError, ResolvedOptions, Role } from '@penstock/contracts';
import type { LoadedColumn } from '@penstock/store';

/** What a worker thread is given. Columns are transferred, not copied. */
export interface AnalysisTask {
  readonly kind: 'analysis';
  readonly control: SharedArrayBuffer;
  readonly analysisId: string;
  readonly dataset: { readonly id: string; readonly rows: number; readonly sha256: string };
  readonly roles: readonly (readonly [Role, readonly string[]])[];
  readonly cutoff: number | undefined;
  readonly options: ResolvedOptions;
  readonly notes: readonly string[];
  readonly columns: readonly LoadedColumn[];
  /** Megabytes that the design of the regressions may take. */
  readonly memoryMb: number;
}

/** Has a thread load its modules, so that the first analysis does not wait for that. */
export interface WarmUpTask {
  readonly kind: 'warm-up';
}

export type Task = AnalysisTask | WarmUpTask;

/** Times are milliseconds since the Unix epoch with fractions, comparable between threads. */
interface Timed {
  readonly startMs: number;
  readonly endMs: number;
}

export interface EstimatorRun extends Timed {
  readonly name: string;
  readonly status: 'ok' | 'skipped' | 'failed';
}

export interface Drawing extends Timed {
  readonly figure: string;
  readonly drawn: boolean;
}

/** What the main thread records in metrics, spans and logs: nothing of it is in the reply. */
export interface Observed extends Timed {
  readonly thread: number;
  readonly estimators: readonly EstimatorRun[];
  readonly drawings: readonly Drawing[];
  readonly figures: Timed;
  readonly gates: readonly { readonly gate: string; readonly result: string }[];
  /** Shares from 0 to 1; null where too few estimators ran. */
  readonly signConsensus: number | null;
  readonly ciOverlap: number | null;
  readonly duplicatedRows: number;
  /** Unexpected errors, each of which made one estimator or figure fail. */
  readonly faults: readonly { readonly where: string; readonly error: Error }[];
}

export interface Finished {
  readonly kind: 'finished';
  /** The reply's bytes. */
  readonly body: Uint8Array;
  readonly figures: Readonly<Record<string, string>>;
  readonly report: string;
  readonly observed: Observed;
}

export type TaskOutcome =
  | Finished
  | { readonly kind: 'invalid'; readonly detail: string; readonly errors: readonly FieldError[]; readonly startMs: number }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'warm' };
