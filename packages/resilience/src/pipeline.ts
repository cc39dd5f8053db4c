import { TransientSet } from '@penstock/collections';
import { type Admission, type BreakerOptions, BreakerPolicy, resolveBreaker } from './breaker/index.ts';
import { type BudgetOptions, BudgetPolicy, resolveBudget } from './budget/index.ts';
import { Call, type Interrupt } from './call.ts';
import { type DeadlineOptions, DeadlinePolicy, resolveDeadline } from './deadline/index.ts';
import { both, guarded, ListenerErrors } from './emitter.ts';
import { PipelineStoppedError } from './errors.ts';
import type { BreakerStateName, Emit } from './events.ts';
import type { Pipeline, PipelineDeps, PipelineOptions, PipelineSnapshot } from './pipeline-types.ts';
import type { CallEnd, CallOptions, Operation } from './policy.ts';
import { endedEnd, type RetryOptions, RetryPolicy, resolveRetry } from './retry/index.ts';
import { resolveTimeout, type TimeoutOptions, TimeoutPolicy } from './timeout/index.ts';
import { unwrap } from './unwrap.ts';
import { checkNames, checkNumber, refuse } from './validate.ts';

const MOST_ATTEMPTS = 20;
const ANY_NUMBER = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };
const ATTEMPTS = { min: 1, max: MOST_ATTEMPTS, integer: true } as const;
const POLICIES = { deadline: true, breaker: true, retry: true, budget: true, timeout: true } as const;

/** Breaker, retry with its budget, and attempt timeout under one deadline. A RangeError names an option that does not fit. */
export const createPipeline = (options: PipelineOptions, deps: PipelineDeps): Pipeline => new PolicyPipeline(options, deps);

interface Resolved {
  readonly deadline: DeadlineOptions;
  readonly breaker: BreakerOptions;
  readonly retry: RetryOptions;
  readonly budget: BudgetOptions;
  readonly timeout: TimeoutOptions;
}

function resolve(options: PipelineOptions, shared: BudgetPolicy | undefined): Resolved {
  checkNames('pipeline', options, POLICIES);
  if (shared !== undefined && options.budget !== undefined) {
    refuse('pipeline.budget', 'left out where the pipeline is given a shared budget', options.budget);
  }
  return {
    deadline: resolveDeadline(options.deadline),
    breaker: resolveBreaker(options.breaker),
    retry: resolveRetry(options.retry),
    budget: resolveBudget(options.budget),
    timeout: resolveTimeout(options.timeout),
  };
}

class PolicyPipeline implements Pipeline {
  readonly #deps: PipelineDeps;
  readonly #deadline: DeadlinePolicy;
  readonly #breaker: BreakerPolicy;
  readonly #retry: RetryPolicy;
  readonly #budget: BudgetPolicy;
  readonly #timeout: TimeoutPolicy;
  readonly #listenerErrors: ListenerErrors;
  readonly #emit: Emit | undefined;
  readonly #inFlight = new TransientSet<Call>();
  #sequence = 0;
  #draining = false;
  #stopped = false;

  constructor(options: PipelineOptions, deps: PipelineDeps) {
    const resolved = resolve(options, deps.budget);
    const { name, clock } = deps;
    this.#deps = deps;
    this.#listenerErrors = new ListenerErrors(deps.onListenerError);
    this.#emit = this.#guard(deps.onEvent);
    this.#deadline = new DeadlinePolicy(resolved.deadline, clock);
    this.#budget = deps.budget ?? new BudgetPolicy(resolved.budget, clock);
    this.#timeout = new TimeoutPolicy(resolved.timeout, { clock, name });
    const inner = { deadline: this.#deadline, budget: this.#budget, timeout: this.#timeout };
    this.#retry = new RetryPolicy(resolved.retry, { ...deps, ...inner });
    this.#breaker = new BreakerPolicy(resolved.breaker, { ...deps, emit: this.#emit });
  }

  execute<T>(operation: Operation<T>, options: CallOptions): Promise<T> {
    return this.deliver(operation, options, unwrap);
  }

  async deliver<T, D>(operation: Operation<T>, options: CallOptions, made: (end: CallEnd<T>) => D): Promise<D> {
    const call = this.#begin(options);
    const unhear = options.signal && hearClient(options.signal, call);
    const place = this.#inFlight.add(call);
    let admission: Admission | undefined;
    let end: CallEnd<T> | undefined;
    try {
      const entry = this.#enter(call);
      if ('outcome' in entry) {
        end = entry;
      } else {
        admission = entry;
        end = await this.#retry.run(call, admission, operation);
      }
    } finally {
      if (admission !== undefined) this.#leave(call, admission, end, options.holdFailure);
      unhear?.();
      this.#inFlight.delete(place);
      this.#reportEnd(call, end);
    }
    return made(end);
  }

  get state(): BreakerStateName {
    return this.#breaker.state;
  }

  get retryAfterMs(): number {
    return this.#breaker.state === 'closed' ? 0 : this.#breaker.retryAfterMs;
  }

  fits(options: CallOptions, delayMs: number): boolean {
    return this.#deadline.fits(this.#begin(options), delayMs);
  }

  askReadiness(): void {
    this.#breaker.askReadiness();
  }

  describe(): string {
    const layers = [this.#breaker, this.#retry, this.#timeout].map((policy) => policy.describe());
    return `${layers.join(' > ')} ; ${this.#deadline.describe()}`;
  }

  snapshot(): PipelineSnapshot {
    return {
      name: this.#deps.name,
      breaker: this.#breaker.snapshot(),
      budget: this.#budget.snapshot(),
      inFlight: this.#inFlight.size,
      draining: this.#draining,
      listenerErrors: this.#listenerErrors.count,
    };
  }

  reload(options: PipelineOptions): void {
    const { name, budget } = this.#deps;
    if (this.#stopped) throw new PipelineStoppedError(name);
    const resolved = resolve(options, budget);
    this.#deadline.reload(resolved.deadline);
    if (budget === undefined) this.#budget.reload(resolved.budget);
    this.#timeout.reload(resolved.timeout);
    this.#retry.reload(resolved.retry);
    this.#breaker.reload(resolved.breaker);
    this.#emit?.({ type: 'options_reloaded', name, line: this.describe() });
  }

  drain(): void {
    this.#draining = true;
    this.#interruptAll({ kind: 'draining' });
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.drain();
    this.#breaker.stop();
    this.#interruptAll({ kind: 'stopped' });
  }

  #begin(options: CallOptions): Call {
    if (this.#stopped) throw new PipelineStoppedError(this.#deps.name);
    const { clock, name } = this.#deps;
    checkNumber('call.totalMs', options.totalMs, ANY_NUMBER);
    const { maxAttempts = MOST_ATTEMPTS } = options;
    checkNumber('call.maxAttempts', maxAttempts, ATTEMPTS);
    const emit = both(this.#guard(options.onEvent), this.#emit);
    const startedAt = clock.monotonic();
    const deadline = this.#deadline.start(options, startedAt);
    const id = { sequence: ++this.#sequence };
    const call = new Call(id, name, deadline, emit, startedAt, maxAttempts);
    if (this.#draining) call.interrupt({ kind: 'draining' });
    return call;
  }

  #guard(listener: Emit | undefined): Emit | undefined {
    return listener && guarded(listener, this.#listenerErrors.hear);
  }

  // A client that has gone already must not take a probe's place.
  #enter(call: Call): Admission | CallEnd<never> {
    return call.ended === undefined ? this.#breaker.enter(call) : endedEnd(call.ended, this.#deps.name);
  }

  #leave<T>(call: Call, admission: Admission, end: CallEnd<T> | undefined, hold: CallOptions['holdFailure']): void {
    if (hold === undefined || end?.outcome !== 'failure' || admission.probe) this.#breaker.leave(call, admission, end);
    else hold(this.#breaker.held(call, admission, end));
  }

  #reportEnd<T>(call: Call, end: CallEnd<T> | undefined): void {
    this.#deadline.ended(call);
    if (call.emit === undefined) return;
    const durationMs = this.#deps.clock.monotonic() - call.startedAt;
    const outcome = end?.outcome ?? 'neutral';
    const reason = end?.verdict.reason ?? 'internal';
    const { name } = this.#deps;
    call.emit({ type: 'call_finished', name, call: call.id, outcome, reason, attempts: call.attempts, durationMs });
  }

  #interruptAll(interrupt: Interrupt): void {
    for (const call of this.#inFlight.all()) call.interrupt(interrupt);
  }
}

/** Interrupts the call when its client goes, until the returned function is called. */
function hearClient(signal: AbortSignal, call: Call): () => void {
  const onAbort = (): void => call.interrupt({ kind: 'client', cause: signal.reason });
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort);
  return () => signal.removeEventListener('abort', onAbort);
}
