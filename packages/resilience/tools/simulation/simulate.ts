import { FakeClock, seededRandom } from '@penstock/clock';
import {
  BreakerOpenError,
  type BreakerTransition,
  BudgetPolicy,
  createPipeline,
  type HedgeOptions,
  HedgePolicy,
  type Operation,
  type PipelineOptions,
  type PolicyEvent,
  resolveBudget,
  resolveHedge,
} from '@penstock/resilience';
import { type EngineScript, ScriptedEngine } from './engine.ts';

/** Who calls: so many a second for a time, or so many at once. */
export type Load = { readonly rps: number; readonly forMs: number } | { readonly callers: number; readonly atMs: number };

export interface Setup {
  readonly engine: EngineScript;
  readonly load: Load;
  readonly pipeline: PipelineOptions;
  /** Hedges each attempt. Default: none is. */
  readonly hedge?: Partial<HedgeOptions>;
  /** Whether the breaker may ask the engine's readiness. Default true. */
  readonly readiness?: boolean;
}

interface Ended {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly end: 'answered' | 'failed' | 'refused';
}

/** What a run came to. Times in milliseconds from its start. */
export interface Run {
  readonly calls: readonly Ended[];
  readonly attempts: number;
  readonly readinessProbes: number;
  readonly transitions: readonly Pick<BreakerTransition, 'from' | 'to' | 'because' | 'at'>[];
  /** Timers left after the stop: a fault, if it is not 0. */
  readonly timersLeft: number;
}

/** Runs a setup on a fake clock. The same setup and seed give the same run on every machine. */
export async function simulate(setup: Setup, seed: number): Promise<Run> {
  const clock = new FakeClock(0);
  const engine = new ScriptedEngine(setup.engine, clock, seededRandom(seed, 'engine'));
  const transitions: Run['transitions'][number][] = [];
  const onEvent = (event: PolicyEvent): void => {
    if (event.type === 'breaker_transition') transitions.push(picked(event));
  };
  const { budget: budgetOptions, ...pipelineOptions } = setup.pipeline;
  const budget = new BudgetPolicy(resolveBudget(budgetOptions), clock);
  const pipeline = createPipeline(pipelineOptions, {
    name: 'engine',
    clock,
    random: seededRandom(seed, 'pipeline'),
    classify: engine.classify,
    budget,
    onEvent,
    ...(setup.readiness !== false && { probe: engine.ready }),
  });
  const hedge = new HedgePolicy(resolveHedge(setup.hedge), { name: 'engine', clock, budget });
  const hedged: Operation<number> = (attempt) =>
    hedge.run({ signal: attempt.signal, remainingMs: attempt.timeoutMs, mayHedge: true, good: isAnswer }, ({ signal }) =>
      engine.run({ ...attempt, signal }),
    );
  const calls: Ended[] = [];
  const call = async (): Promise<void> => {
    const startedAt = clock.now();
    const end = await pipeline.execute(setup.hedge === undefined ? engine.run : hedged, { totalMs: 150_000 }).then(
      (status): Ended['end'] => (isAnswer(status) ? 'answered' : 'failed'),
      (error: unknown): Ended['end'] => (error instanceof BreakerOpenError ? 'refused' : 'failed'),
    );
    calls.push({ startedAt, endedAt: clock.now(), end });
  };
  const started = arrivals(setup.load);
  const pending: Promise<void>[] = [];
  const expected = started.length;
  const startNext = (): void => {
    const at = started.shift();
    if (at === undefined) return;
    clock.timer(at - clock.now(), () => {
      pending.push(call());
      startNext();
    });
  };
  startNext();
  while (calls.length < expected) await clock.advance(clock.nextTimerIn ?? 0);
  await Promise.all(pending);
  pipeline.stop();
  hedge.stop();
  return {
    calls,
    attempts: engine.attempts,
    readinessProbes: engine.readinessProbes,
    transitions,
    timersLeft: clock.pendingTimers,
  };
}

const isAnswer = (status: number): boolean => status === 200;

const picked = ({ from, to, because, at }: BreakerTransition): Run['transitions'][number] => ({ from, to, because, at });

function arrivals(load: Load): number[] {
  if ('callers' in load) return Array.from({ length: load.callers }, () => load.atMs);
  return Array.from({ length: Math.floor((load.rps * load.forMs) / 1000) }, (_, each) => (each * 1000) / load.rps);
}
