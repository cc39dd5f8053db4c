import { FakeClock, type Random, scriptedRandom } from '@penstock/clock';
import {
  type CallOptions,
  classifyError,
  classifyStatus,
  createPipeline,
  type Operation,
  type Pipeline,
  type PipelineOptions,
  type PolicyEvent,
  type ReadinessProbe,
  type Settled,
  type Verdict,
} from '@penstock/resilience';

export interface Reply {
  readonly status: number;
  readonly retryAfterMs?: number;
  /** The engine's own admission refused it. */
  readonly pushback?: true;
  /** The engine gave up at the deadline that it was told. */
  readonly expired?: true;
}

/** Statuses and error codes as in production, with Retry-After given in milliseconds. */
export const classify = (settled: Settled<Reply>): Verdict => {
  if ('error' in settled) return classifyError(settled.error);
  const { status, retryAfterMs, pushback, expired } = settled.result;
  return { ...classifyStatus(status, retryAfterMs), ...(pushback && { pushback }), ...(expired && { expired }) };
};

export const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:8080'), { code: 'ECONNREFUSED' });

export interface World {
  readonly clock: FakeClock;
  readonly pipeline: Pipeline;
  readonly events: PolicyEvent[];
  /** Events of one type, in order. */
  of<K extends PolicyEvent['type']>(type: K): Extract<PolicyEvent, { type: K }>[];
  /** Starts a call with a total of 150 s unless told otherwise. */
  call(operation: Operation<Reply>, options?: Partial<CallOptions>): Promise<Reply>;
}

/** A pipeline on a fake clock. Chance is in the middle (no jitter in effect for ±) unless given. */
export function world(options: PipelineOptions = {}, random: Random = scriptedRandom(0.5), probe?: ReadinessProbe): World {
  const clock = new FakeClock();
  const events: PolicyEvent[] = [];
  const onEvent = (event: PolicyEvent): void => void events.push(event);
  const pipeline = createPipeline(options, { name: 'engine', clock, random, classify, onEvent, ...(probe && { probe }) });
  return {
    clock,
    pipeline,
    events,
    of: <K extends PolicyEvent['type']>(type: K) =>
      events.filter((event): event is Extract<PolicyEvent, { type: K }> => event.type === type),
    call: (operation, call = {}) => pipeline.execute(operation, { totalMs: 150_000, ...call }),
  };
}

export const ok: Operation<Reply> = async () => ({ status: 200 });
export const down: Operation<Reply> = async () => {
  throw refused();
};
/** A working engine that has too much to do. */
export const pushback: Operation<Reply> = async () => ({ status: 503, retryAfterMs: 1000, pushback: true });
/** An engine that gives up just before we do. */
export const expired: Operation<Reply> = async () => ({ status: 504, expired: true });
export const status =
  (code: number, retryAfterMs?: number): Operation<Reply> =>
  async () => ({
    status: code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
/** Never settles and does not listen to its signal. */
export const hang: Operation<Reply> = () => new Promise(() => undefined);

/** Answers with the given operations in turn, the last one for ever; counts. */
export function script(...steps: readonly Operation<Reply>[]): { readonly run: Operation<Reply>; readonly count: () => number } {
  let count = 0;
  return {
    run: (attempt) => {
      const step = steps[Math.min(count++, steps.length - 1)];
      if (step === undefined) throw new Error('a script has at least one step');
      return step(attempt);
    },
    count: () => count,
  };
}

/** An operation settled by hand. */
export function held(): { run: Operation<Reply>; succeed(): void; fail(): void; signal(): AbortSignal | undefined } {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  let signal: AbortSignal | undefined;
  return {
    run: (attempt) => {
      signal = attempt.signal;
      return promise;
    },
    succeed: () => resolve({ status: 200 }),
    fail: () => reject(refused()),
    signal: () => signal,
  };
}

/** What a promise came to, without waiting: a rejection is seen as its error and never unhandled. */
export function watch<T>(promise: Promise<T>): {
  readonly settled: () => boolean;
  readonly value: () => T;
  readonly error: () => unknown;
} {
  let state: { kind: 'pending' } | { kind: 'value'; value: T } | { kind: 'error'; error: unknown } = { kind: 'pending' };
  promise.then(
    (value) => {
      state = { kind: 'value', value };
    },
    (error: unknown) => {
      state = { kind: 'error', error };
    },
  );
  return {
    settled: () => state.kind !== 'pending',
    value: () => {
      if (state.kind !== 'value') throw new Error(`not fulfilled: ${state.kind}`, { cause: state });
      return state.value;
    },
    error: () => {
      if (state.kind !== 'error') throw new Error(`not rejected: ${state.kind}`);
      return state.error;
    },
  };
}

/** Runs a call to its end on the fake clock. */
export async function finish<T>({ clock }: World, promise: Promise<T>): Promise<ReturnType<typeof watch<T>>> {
  const seen = watch(promise);
  for (let turn = 0; turn < 1000 && !seen.settled(); turn++) {
    await clock.advance(0);
    if (!seen.settled()) await clock.advance(clock.nextTimerIn ?? 0);
  }
  return seen;
}

/** Fails so many calls one after the other, each with one attempt. */
export async function failCalls(at: World, count: number): Promise<void> {
  for (let each = 0; each < count; each++) await finish(at, at.call(down, { maxAttempts: 1 }));
}
