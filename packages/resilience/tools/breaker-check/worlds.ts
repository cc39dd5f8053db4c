import type { World } from './pair.ts';

const TIMES = { openMs: 1000, firstOpenRatio: 0.5, openFactor: 2, probeLeaseMs: 300, readinessTimeoutMs: 50 } as const;
const NO_OTHER_RULE = { consecutiveAttempts: 0, attemptRatio: 0 } as const;

/** Small breakers, each with the part of the rules that its depth can reach. */
export const WORLDS: readonly World[] = [
  {
    name: 'trip, probe and close',
    options: { ...TIMES, ...NO_OTHER_RULE, consecutiveCalls: 1, probes: 2, probeSuccesses: 1, readinessMs: 0 },
    calls: 2,
    depth: 11,
  },
  {
    name: 'count calls, two probes, two successes',
    options: { ...TIMES, ...NO_OTHER_RULE, consecutiveCalls: 2, probes: 2, probeSuccesses: 2, readinessMs: 0 },
    calls: 3,
    depth: 10,
  },
  {
    name: 'early recovery',
    options: { ...TIMES, ...NO_OTHER_RULE, consecutiveCalls: 1, probes: 1, probeSuccesses: 1, readinessMs: 100 },
    calls: 1,
    depth: 12,
  },
  {
    name: 'early recovery with calls from before',
    options: { ...TIMES, ...NO_OTHER_RULE, consecutiveCalls: 1, probes: 1, probeSuccesses: 1, readinessMs: 100 },
    calls: 2,
    depth: 10,
  },
  {
    name: 'early recovery that somebody waits for',
    options: { ...TIMES, ...NO_OTHER_RULE, consecutiveCalls: 1, probes: 1, probeSuccesses: 1, readinessMs: 100 },
    hurries: true,
    calls: 1,
    depth: 10,
  },
  {
    name: 'count parts of calls',
    options: { ...TIMES, ...NO_OTHER_RULE, consecutiveCalls: 1, probes: 1, probeSuccesses: 1, readinessMs: 0 },
    parts: 3,
    calls: 1,
    depth: 12,
  },
  {
    name: 'count attempts',
    options: {
      ...TIMES,
      consecutiveCalls: 2,
      consecutiveAttempts: 2,
      attemptRatio: 0,
      probes: 1,
      probeSuccesses: 1,
      readinessMs: 0,
    },
    calls: 2,
    depth: 9,
  },
];
