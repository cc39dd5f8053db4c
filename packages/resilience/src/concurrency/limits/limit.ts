/** How a call ended, as a limit hears it. */
export interface Sample {
  readonly latencyMs: number;
  /** In flight when the call ended, itself included. */
  readonly inFlight: number;
  /** Timed out, or turned away by the engine as too much. */
  readonly dropped: boolean;
  /** Started after the last decrease: what was in flight at a decrease must not cause another. */
  readonly fresh: boolean;
}

/** An estimate of how many calls in flight the engine serves best. */
export interface Limit {
  /** The estimate after this sample; not rounded, not clamped. */
  next(limit: number, sample: Sample): number;
}
