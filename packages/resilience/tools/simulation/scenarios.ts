import { amplification, answered, answeredWithin, timesClosed, timesOpened, timesOpenedFor, wholeAfter } from './figures.ts';
import type { Run, Setup } from './simulate.ts';

/** A number of a run, and what it has to be. */
export interface Figure {
  readonly name: string;
  readonly of: (run: Run) => number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly setup: Setup;
  readonly figures: readonly Figure[];
}

const MINUTE = { rps: 200, forMs: 60_000 } as const;
const DOWN = { answerMs: 20, outage: { from: 0, to: Number.POSITIVE_INFINITY, kind: 'refused' } } as const;
const FAILING = { answerMs: 20, failures: 0.3 } as const;
const SIX_THOUSAND = { rps: 100, forMs: 60_000 } as const;
/** Two reads of a hundred are 50 times slower. */
const SOME_SLOW = { answerMs: 20, spreadMs: 20, slow: { share: 0.02, factor: 50 } } as const;
const BLIP = { from: 5000, to: 7000, kind: 'refused' } as const;
/** Long enough for the half-open probes of the first break to fail in it, so that a second, grown one follows. */
const LONG_OUTAGE = { from: 5000, to: 42_000, kind: 'refused' } as const;

const attempts: Figure = { name: 'attempts', of: (run) => run.attempts };
const opened: Figure = { name: 'times the breaker opened', of: timesOpened };
const share: Figure = { name: 'share answered', of: answered };
const slowestOfHundredMs = (run: Run): number => answeredWithin(run, 0.99);
const growthMs = (run: Run): number => answeredWithin(run, 0.95) - FAILING.answerMs;

/** What issue 4 asks to be shown of the policies alone, without sockets. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'total-outage-budget-alone',
    about: 'every connection refused, 200 calls a second for a minute, breaker off: the budget alone bounds the attempts',
    setup: { engine: DOWN, load: MINUTE, pipeline: { breaker: { mode: 'off' } } },
    figures: [{ name: 'attempts per call', of: amplification, atMost: 1.1, atLeast: 1 }, attempts],
  },
  {
    name: 'total-outage',
    about: 'the same with the breaker on',
    setup: { engine: DOWN, load: MINUTE, pipeline: {} },
    figures: [{ ...attempts, atMost: 150 }, opened],
  },
  {
    name: 'total-outage-black-hole',
    about: 'the same with connections that find nobody until the connect timeout of a second',
    setup: { engine: { ...DOWN, outage: { ...DOWN.outage, kind: 'black_hole' } }, load: MINUTE, pipeline: {} },
    figures: [{ ...attempts, atMost: 600 }, opened],
  },
  {
    name: 'random-failures',
    about: '30 % of the attempts fail, 6,000 calls at 100 a second, 100 ms base',
    setup: { engine: FAILING, load: SIX_THOUSAND, pipeline: { retry: { baseMs: 100 } } },
    figures: [
      { ...share, atLeast: 0.965 },
      { ...opened, atMost: 0 },
      { name: 'growth of the 95th percentile, ms', of: growthMs, atMost: 1000 },
    ],
  },
  {
    name: 'random-failures-six-attempts',
    about: 'the same with six attempts',
    setup: { engine: FAILING, load: SIX_THOUSAND, pipeline: { retry: { baseMs: 100, attempts: 6 } } },
    figures: [
      { ...share, atLeast: 0.998 },
      { ...opened, atMost: 0 },
    ],
  },
  {
    name: 'random-failures-counting-attempts',
    about: 'the same with five failed attempts in a row as the rule: it opens, and refuses most of the calls (the comparison)',
    setup: {
      engine: FAILING,
      load: SIX_THOUSAND,
      pipeline: { retry: { baseMs: 100 }, breaker: { consecutiveCalls: 0, consecutiveAttempts: 5 } },
      readiness: false,
    },
    figures: [
      { ...opened, atLeast: 1 },
      { ...share, atMost: 0.8 },
    ],
  },
  {
    name: 'blip-20-callers',
    about: 'an outage of 2 s under 20 callers at once',
    setup: { engine: { answerMs: 20, outage: BLIP }, load: { callers: 20, atMs: BLIP.from }, pipeline: {} },
    figures: [{ ...share, atLeast: 1 }, { ...opened, atMost: 0 }, attempts],
  },
  {
    name: 'recovery',
    about: 'an outage of 2 s under 200 calls a second: whole again soon after the engine is back',
    setup: { engine: { answerMs: 20, outage: BLIP }, load: { rps: 200, forMs: 20_000 }, pipeline: {} },
    figures: [
      { name: 'whole again after, ms', of: (run) => wholeAfter(run, BLIP.to), atMost: 1500 },
      { ...opened, atLeast: 1, atMost: 1 },
    ],
  },
  {
    name: 'recovery-by-timer',
    about: 'the same without readiness probes: the rest of the break is waited (the comparison)',
    setup: { engine: { answerMs: 20, outage: BLIP }, load: MINUTE, pipeline: {}, readiness: false },
    figures: [{ name: 'whole again after, ms', of: (run) => wholeAfter(run, BLIP.to), atLeast: 20_000, atMost: 30_000 }],
  },
  {
    name: 'recovery-long',
    about: 'an outage that outlasts the first break: readiness shortens the second, grown one',
    setup: { engine: { answerMs: 20, outage: LONG_OUTAGE }, load: { rps: 50, forMs: 110_000 }, pipeline: {} },
    figures: [{ name: 'whole again after, ms', of: (run) => wholeAfter(run, LONG_OUTAGE.to), atMost: 1500 }],
  },
  {
    name: 'recovery-long-by-timer',
    about: 'the same without readiness probes: up to a minute (the comparison)',
    setup: {
      engine: { answerMs: 20, outage: LONG_OUTAGE },
      load: { rps: 50, forMs: 110_000 },
      pipeline: {},
      readiness: false,
    },
    figures: [{ name: 'whole again after, ms', of: (run) => wholeAfter(run, LONG_OUTAGE.to), atLeast: 35_000, atMost: 60_000 }],
  },
  {
    name: 'slow-engine',
    about:
      'every attempt takes a second instead of 20 ms: none fails, the slow-call rule opens the breaker, and late probes keep it open',
    setup: {
      engine: { answerMs: 20, slow: { share: 1, factor: 50 } },
      load: { rps: 20, forMs: 40_000 },
      pipeline: { breaker: { slowCallMs: 500 } },
    },
    figures: [
      { ...opened, atLeast: 1 },
      { name: 'times the slow-call rule opened it', of: timesOpenedFor('slow_ratio'), atLeast: 1 },
      { name: 'times it closed', of: timesClosed, atMost: 0 },
    ],
  },
  {
    name: 'over-capacity',
    about: 'twice what the engine can do for 5 s, attempts cut after half a second: the budget keeps retries from adding to it',
    setup: {
      engine: { answerMs: 20, capacity: 4 },
      load: { rps: 400, forMs: 5000 },
      pipeline: { timeout: { attemptMs: 500 }, breaker: { mode: 'off' } },
    },
    figures: [{ name: 'attempts per call', of: amplification, atMost: 1.3 }, share],
  },
  {
    name: 'over-capacity-without-budget',
    about: 'the same with the budget off (the comparison)',
    setup: {
      engine: { answerMs: 20, capacity: 4 },
      load: { rps: 400, forMs: 5000 },
      pipeline: { timeout: { attemptMs: 500 }, breaker: { mode: 'off' }, budget: { mode: 'off' } },
    },
    figures: [{ name: 'attempts per call', of: amplification, atLeast: 1.5 }, share],
  },
  {
    name: 'slow-reads-hedged',
    about: '2 % of the reads are 50 times slower, 100 a second for a minute, hedged at the 97th percentile',
    setup: { engine: SOME_SLOW, load: SIX_THOUSAND, pipeline: {}, hedge: {} },
    figures: [
      { name: '99th percentile, ms', of: slowestOfHundredMs, atMost: 200 },
      { name: 'attempts per call', of: amplification, atMost: 1.05 },
    ],
  },
  {
    name: 'slow-reads',
    about: 'the same without hedges: at least five times slower (the comparison)',
    setup: { engine: SOME_SLOW, load: SIX_THOUSAND, pipeline: {} },
    figures: [
      { name: '99th percentile, ms', of: slowestOfHundredMs, atLeast: 1000 },
      { name: 'attempts per call', of: amplification, atMost: 1 },
    ],
  },
];
