import { BREAKER_DEFAULTS as D } from '@penstock/resilience';
import { count, HOUR_MS, mode, real } from './variables.ts';

export const BREAKER_VARIABLES = {
  BREAKER_MODE: mode('Breaker'),
  BREAKER_THRESHOLD: count(D.consecutiveCalls, 0, 1000, 'Failed calls in a row that open the breaker; 0: never'),
  BREAKER_ATTEMPTS: count(D.consecutiveAttempts, 0, 100_000, 'Failed attempts in a row that open the breaker; 0: never'),
  BREAKER_ATTEMPT_RATIO: real(D.attemptRatio, 0, 1, 'Share of failed attempts that opens the breaker; 0: never'),
  BREAKER_ATTEMPT_VOLUME: count(
    D.attemptVolume,
    1,
    1_000_000,
    'Attempts in the window below which BREAKER_ATTEMPT_RATIO says nothing',
  ),
  BREAKER_ATTEMPT_WINDOW_MS: count(D.attemptWindowMs, 100, HOUR_MS, 'The window of BREAKER_ATTEMPT_RATIO'),
  BREAKER_SLOW_CALL_MS: count(
    D.slowCallMs,
    0,
    HOUR_MS,
    'A call that waits this long for the engine is slow; 0: slow calls are not looked at',
  ),
  BREAKER_SLOW_RATIO: real(D.slowRatio, 0.01, 1, 'Share of slow calls that opens the breaker'),
  BREAKER_SLOW_VOLUME: count(D.slowVolume, 1, 1_000_000, 'Calls in the window below which BREAKER_SLOW_RATIO says nothing'),
  BREAKER_SLOW_WINDOW_MS: count(D.slowWindowMs, 100, HOUR_MS, 'The window of BREAKER_SLOW_RATIO'),
  BREAKER_OPEN_MS: count(D.openMs, 10, HOUR_MS, 'Longest break: after it a call is let through at the latest'),
  BREAKER_FIRST_OPEN_RATIO: real(
    D.firstOpenRatio,
    0.01,
    1,
    'The first break as a share of BREAKER_OPEN_MS; repeated trips grow it',
  ),
  BREAKER_OPEN_FACTOR: real(D.openFactor, 1, 10, 'Growth of the break from one trip to the next'),
  BREAKER_OPEN_JITTER: real(D.openJitter, 0, 0.9, 'Each break is shortened at random by up to this share'),
  BREAKER_PROBES: count(D.probes, 1, 100, 'Calls let through at once while half-open'),
  BREAKER_PROBE_SUCCESSES: count(D.probeSuccesses, 1, 100, 'Successful probes that close the breaker'),
  BREAKER_PROBE_LEASE_MS: count(D.probeLeaseMs, 10, HOUR_MS, 'A probe without an outcome after this time counts as a failure'),
  BREAKER_READINESS_MS: count(
    D.readinessMs,
    0,
    HOUR_MS,
    'While the breaker is open, the engine is asked this often whether it is ready; 0: only time ends a break',
  ),
  BREAKER_READINESS_JITTER: real(D.readinessJitter, 0, 0.9, 'Each wait between these questions is shortened by up to this share'),
  BREAKER_READINESS_TIMEOUT_MS: count(D.readinessTimeoutMs, 1, 60_000, 'A question without an answer is given up after this'),
  BREAKER_ABANDONED_AFTER_MS: count(
    D.abandonedAfterMs,
    0,
    HOUR_MS,
    'A client that gives up after waiting this long leaves a failure behind',
  ),
} as const;
