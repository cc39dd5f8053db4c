import type { Clock, Random } from '@penstock/clock';
import {
  BalancePolicy,
  BudgetPolicy,
  BulkheadPolicy,
  CoalescePolicy,
  ConcurrencyPolicy,
  createPipeline,
  FallbackPolicy,
  HedgePolicy,
  IdempotencyPolicy,
  MemoryIdempotencyStore,
  MemoryRateStore,
  type PolicyEvent,
  RateLimitPolicy,
  resolveBalance,
  resolveBudget,
  resolveBulkhead,
  resolveCoalesce,
  resolveConcurrency,
  resolveFallback,
  resolveHedge,
  resolveIdempotency,
  resolveRateLimit,
  resolveStale,
  resolveThrottle,
  StalePolicy,
  ThrottlePolicy,
} from '@penstock/resilience';
import { classify, type Reply } from '../world.ts';

export interface SubjectDeps {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly onEvent?: (event: PolicyEvent) => void;
  readonly onListenerError?: (error: unknown) => void;
}

/** A policy behind one way of calling it. */
export interface Subject {
  /** Runs the work under the policy; the number is the call's, from 0. */
  run(call: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<Reply>): Promise<unknown>;
  stop(): void;
  listenerErrors(): number;
}

type Make = (deps: SubjectDeps) => Subject;

interface Live {
  stop(): void;
  readonly listenerErrors: number;
}
const subject = (policy: Live, run: Subject['run']): Subject => ({
  run,
  stop: () => policy.stop(),
  listenerErrors: () => policy.listenerErrors,
});

/** Tight limits, so that refusals and waits happen. Where a policy takes no signal, the work does. */
export const SUBJECTS: Readonly<Record<string, Make>> = {
  bulkhead: (deps) => {
    const policy = new BulkheadPolicy(resolveBulkhead({ maxInFlight: 3, maxQueued: 5, maxWaitMs: 20 }), deps);
    return subject(policy, (_, signal, work) => policy.run({ signal, remainingMs: 1000 }, () => work(signal)));
  },
  throttle: (deps) => {
    const policy = new ThrottlePolicy(resolveThrottle({ minRps: 0 }), deps);
    return subject(policy, (_, signal, work) =>
      policy.run(
        () => work(signal),
        (settled) => ('error' in settled ? 'rejected' : 'accepted'),
      ),
    );
  },
  concurrency: (deps) => {
    const policy = new ConcurrencyPolicy(resolveConcurrency({ initial: 5, max: 6 }), deps);
    const priority = (call: number) => (call % 2 === 0 ? 'batch' : 'interactive');
    return subject(policy, (call, signal, work) =>
      policy.run(
        { priority: priority(call) },
        () => work(signal),
        (settled) => ('error' in settled ? 'dropped' : 'answered'),
      ),
    );
  },
  hedge: (deps) => {
    const budget = new BudgetPolicy(resolveBudget({ capacity: 3 }), deps.clock);
    const policy = new HedgePolicy(resolveHedge({ delay: { kind: 'fixed', ms: 5 } }), { ...deps, budget });
    return subject(policy, (_, signal, work) =>
      policy.run({ signal, remainingMs: 1000, mayHedge: true }, (leg) => work(leg.signal)),
    );
  },
  coalesce: (deps) => {
    const policy = new CoalescePolicy(resolveCoalesce({ maxKeys: 5 }), deps);
    const deadline = { remaining: () => 30, exceeded: () => new Error('too late') };
    return subject(policy, (call, signal, work) => policy.run(`key ${call % 7}`, { signal, deadline }, work));
  },
  stale: (deps) => {
    const policy = new StalePolicy<Reply>(resolveStale({ maxBytes: 100 }), deps);
    return subject(policy, async (call, signal, work) => {
      const key = `key ${call % 7}`;
      try {
        const reply = await work(signal);
        policy.store(key, reply, call % 150);
        return reply;
      } catch (error) {
        const old = policy.find(key, 1000);
        if (old === undefined) throw error;
        return old.value;
      }
    });
  },
  fallback: (deps) => {
    const reply = () => ({ status: 203 });
    const policy = new FallbackPolicy<Reply>(resolveFallback(), { ...deps, reply });
    return subject(policy, (_, signal, work) => policy.run(() => work(signal), classify, { signal }));
  },
  balance: (deps) => {
    const endpoints = [{ id: 'a' }, { id: 'b' }, { id: 'c' }];
    const policy = new BalancePolicy(resolveBalance(), {
      ...deps,
      endpoints,
      state: ({ id }) => (id === 'c' ? 'open' : 'closed'),
    });
    return subject(policy, async (_, signal, work) => {
      const lease = policy.pick();
      if (lease === undefined) throw new Error('every endpoint is open');
      try {
        return await work(signal);
      } finally {
        lease.release();
      }
    });
  },
  idempotency: (deps) => {
    const store = new MemoryIdempotencyStore<Reply>(deps.clock, 1000);
    const policy = new IdempotencyPolicy<Reply>(resolveIdempotency(), { ...deps, store });
    const keep = ({ status }: Reply): boolean => status === 200;
    return subject(policy, (call, signal, work) =>
      policy.run({ key: `key ${call % 97}`, fingerprint: 'f', keep }, () => work(signal)),
    );
  },
  'rate-limit': (deps) => {
    const policy = new RateLimitPolicy(resolveRateLimit({ burst: 3 }), { ...deps, store: new MemoryRateStore(deps.clock, 50) });
    return subject(policy, (call, signal, work) => policy.run(`client ${call % 29}`, () => work(signal)));
  },
  pipeline: (deps) => {
    const pipeline = createPipeline(
      { breaker: { consecutiveCalls: 1000 }, timeout: { attemptMs: 50 }, retry: { baseMs: 1 } },
      { ...deps, classify },
    );
    return {
      run: (_, signal, work) => pipeline.execute(({ signal: own }) => work(own), { totalMs: 1000, signal }),
      stop: () => pipeline.stop(),
      listenerErrors: () => pipeline.snapshot().listenerErrors,
    };
  },
};

/** Those that hear the signal themselves: work that ignores it is not waited for. */
export const ABORT_AWARE: readonly string[] = ['hedge', 'coalesce', 'pipeline'];
