export interface BreakerOptions {
  /** Failed calls in a row that open the breaker. Count, 1–1000. Default 5. */
  readonly consecutiveCalls: number;
  /** The longest break: a call is let through after this at the latest. ms, 10–3,600,000. Default 60,000. */
  readonly openMs: number;
  /** The first break as a share of `openMs`; repeated trips grow it from there. Ratio, 0.01–1. Default 0.5. */
  readonly firstOpenRatio: number;
  /** Growth of the break from one trip to the next. Factor, 1–10. Default 2. */
  readonly openFactor: number;
  /** Each break is shortened at random by up to this share. Ratio, 0–0.9. Default 0.2. */
  readonly openJitter: number;
  /** Calls let through at once while half-open. Count, 1–100. Default 3. */
  readonly probes: number;
  /** Successful probes that close the breaker. Count, 1–100. Default 2. */
  readonly probeSuccesses: number;
  /** A probe without an outcome after this is a failure. ms, 10–3,600,000. Default 30,000. */
  readonly probeLeaseMs: number;
  /** A client that leaves an attempt unanswered for at least this long leaves a failure behind. ms, 0–3,600,000. Default 10,000. */
  readonly abandonedAfterMs: number;
}
