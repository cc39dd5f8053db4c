// What is compared. Every contender runs the same operation; each is configured as its documentation shows, with the
// numbers that the others have.

import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  fallback,
  handleAll,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import OpossumBreaker from 'opossum';
import { systemClock, systemRandom } from '../../packages/clock/src/index.ts';
import {
  BreakerMachine,
  BreakerOpenError,
  BulkheadPolicy,
  breakerLayer,
  buildPipeline,
  bulkheadLayer,
  createPipeline,
  deadlineLayer,
  httpClassifier,
  type LayeredOperation,
  type Permit,
  type PipelineDeps,
  resolveBreaker,
  resolveBulkhead,
  retryLayer,
  timeoutLayer,
} from '../../packages/resilience/src/index.ts';

interface Reply {
  readonly status: number;
}

export interface Contender {
  readonly name: string;
  call(): Promise<unknown>;
  stop(): void;
}

const REPLY: Reply = Object.freeze({ status: 200 });
const operation = async (): Promise<Reply> => REPLY;
const TOTAL = { totalMs: 150_000 };
const CALL = { sequence: 1 };

const deps = (): PipelineDeps => ({
  name: 'engine',
  clock: systemClock,
  random: systemRandom,
  classify: httpClassifier((reply: Reply) => reply, systemClock),
});

/** Nothing around the operation: what measuring costs. */
const bare = (): Contender => ({ name: 'operation alone', call: operation, stop: nothingToEnd });

/** deadline, breaker, retry with budget, bulkhead, timeout. */
function ourFive(work: LayeredOperation<Reply> = operation): Contender {
  const pipeline = buildPipeline<Reply>(deps())
    .with(deadlineLayer())
    .with(breakerLayer())
    .with(retryLayer())
    .with(bulkheadLayer(new BulkheadPolicy(resolveBulkhead(), deps())))
    .with(timeoutLayer())
    .build();
  return { name: 'ours: five layers', call: () => pipeline.execute(work, TOTAL), stop: () => pipeline.stop() };
}

/** The same with an operation that asks for its signal, which ours make on demand and cockatiel in any case. */
function ourFiveWithSignal(): Contender {
  const five = ourFive(async ({ signal }) => (signal.aborted ? Promise.reject(signal.reason) : REPLY));
  return { ...five, name: 'ours: five, signal asked for' };
}

/** The core without the builder and the bulkhead, as the gateway runs it. */
function ourCore(): Contender {
  const pipeline = createPipeline({}, deps());
  return { name: 'ours: core of four', call: () => pipeline.execute(operation, TOTAL), stop: () => pipeline.stop() };
}

/** The breaker as opossum is used: asked, then told whether the operation resolved, with its time; without a classifier. */
function ourBreaker(): Contender {
  const { clock, random, name } = deps();
  const breaker = new BreakerMachine(resolveBreaker(), { clock, random, name, emit: undefined });
  const tell = (permit: Permit, startedAt: number, outcome: 'success' | 'failure', reason: string): void => {
    const now = clock.monotonic();
    const teller = { id: CALL, now, emit: undefined };
    breaker.attempted(permit, outcome, reason, teller);
    breaker.settle(permit, { outcome, reason, engineMs: now - startedAt }, teller);
  };
  const call = async (): Promise<Reply> => {
    const answer = breaker.admit();
    if (answer.kind === 'refusal') throw new BreakerOpenError(name, answer.retryAfterMs, answer.evidence);
    const startedAt = clock.monotonic();
    try {
      const result = await operation();
      tell(answer, startedAt, 'success', 'resolved');
      return result;
    } catch (error) {
      tell(answer, startedAt, 'failure', 'rejected');
      throw error;
    }
  };
  return { name: 'ours: breaker alone', call, stop: () => breaker.stop() };
}

/** The pipeline with everything else switched off. */
function ourPipelineOfBreaker(): Contender {
  const off = { mode: 'off' } as const;
  const pipeline = createPipeline({ deadline: off, retry: off, budget: off, timeout: off }, deps());
  return { name: 'ours: pipeline, breaker only', call: () => pipeline.execute(operation, TOTAL), stop: () => pipeline.stop() };
}

function cockatielFive(): Contender {
  const policy = wrap(
    retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff({ initialDelay: 1000, maxDelay: 60_000 }) }),
    circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(5) }),
    timeout(120_000, TimeoutStrategy.Aggressive),
    bulkhead(64, 256),
    fallback(handleAll, REPLY),
  );
  return { name: 'cockatiel: five layers', call: () => policy.execute(operation), stop: nothingToEnd };
}

function opossumAlone(): Contender {
  const breaker = new OpossumBreaker(operation);
  return { name: 'opossum: defaults', call: () => breaker.fire(), stop: () => breaker.shutdown() };
}

export const contenders = (): readonly Contender[] => [
  bare(),
  ourFive(),
  ourFiveWithSignal(),
  cockatielFive(),
  ourCore(),
  ourBreaker(),
  ourPipelineOfBreaker(),
  opossumAlone(),
];

function nothingToEnd(): void {
  // It has no timers of its own.
}
