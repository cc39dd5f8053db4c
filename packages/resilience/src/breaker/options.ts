import type { Mode } from '../mode.ts';

export interface BreakerOptions {
  /** `shadow` counts and tells what it would have refused, and refuses nothing; `off` does neither. Default enforce. */
  readonly mode: Mode;
  /** Failed calls in a row that open the breaker; 0 switches the rule off. Count, 0–1000. Default 5. */
  readonly consecutiveCalls: number;
  /** Failed attempts in a row that open the breaker; 0 switches the rule off. Count, 0–100,000. Default 100. */
  readonly consecutiveAttempts: number;
  /** Share of failed attempts that opens the breaker; 0 switches the rule off. Ratio, 0–1. Default 0.5. */
  readonly attemptRatio: number;
  /** Attempts in the window below which their ratio says nothing. Count, 1–1,000,000. Default 100. */
  readonly attemptVolume: number;
  /** The window of the attempt ratio. ms, 100–3,600,000. Default 10,000. */
  readonly attemptWindowMs: number;
  /** A call that waited this long for the engine, backoff aside, is slow; 0 switches the rule off. ms, 0–3,600,000. Default 0. */
  readonly slowCallMs: number;
  /** Share of slow calls that opens the breaker. Ratio, 0.01–1. Default 0.8. */
  readonly slowRatio: number;
  /** Calls in the window below which the share of slow ones says nothing. Count, 1–1,000,000. Default 20. */
  readonly slowVolume: number;
  /** The window of the slow-call ratio. ms, 100–3,600,000. Default 60,000. */
  readonly slowWindowMs: number;
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
  /** While open, the engine's readiness is asked this often; 0 switches early recovery off. ms, 0–3,600,000. Default 1000. */
  readonly readinessMs: number;
  /** Each wait for the next question is shortened at random by up to this share. Ratio, 0–0.9. Default 0.2. */
  readonly readinessJitter: number;
  /** A readiness probe without an answer after this is given up. ms, 1–60,000. Default 1000. */
  readonly readinessTimeoutMs: number;
  /** A client that leaves an attempt unanswered for at least this long leaves a failure behind. ms, 0–3,600,000. Default 10,000. */
  readonly abandonedAfterMs: number;
}
