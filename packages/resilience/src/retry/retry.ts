import type { Clock, Random } from '@penstock/clock';
import { backoffDelay, describeJitter } from '../backoff/index.ts';
import type { Admission } from '../breaker/index.ts';
import type { BudgetPolicy } from '../budget/index.ts';
import type { Call, CallEnding, Interrupt } from '../call.ts';
import type { DeadlinePolicy } from '../deadline/index.ts';
import { CallCancelledError, PipelineStoppedError } from '../errors.ts';
import type { RetryRefusal } from '../events.ts';
import { HedgeLostError } from '../hedge/errors.ts';
import { describeLayer } from '../mode.ts';
import type { CallEnd, Classify, Operation, Policy, Settled, Verdict } from '../policy.ts';
import type { AttemptEnd, AttemptLimit, TimeoutPolicy } from '../timeout/index.ts';
import { compactSeconds } from '../units.ts';
import { judge, messageOf, outcomeOf, settledOf } from './judge.ts';
import type { RetryOptions } from './options.ts';
import { pause } from './pause.ts';

interface RetryDeps {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly classify: Classify;
  readonly deadline: DeadlinePolicy;
  readonly budget: BudgetPolicy;
  readonly timeout: TimeoutPolicy;
}

/** An attempt that has ended, and what that means. */
interface Attempt<T> {
  readonly number: number;
  readonly of: number;
  readonly end: AttemptEnd<T>;
  readonly settled: Settled<T>;
  readonly verdict: Verdict;
}

type Plan = { readonly kind: 'wait'; readonly delayMs: number } | { readonly kind: 'stop'; readonly because: RetryRefusal };

/** Repeats attempts that may succeed later: within the deadline, the budget, and what the breaker still allows. */
export class RetryPolicy implements Policy {
  readonly policy = 'retry';
  #options: RetryOptions;
  readonly #deps: RetryDeps;

  constructor(options: RetryOptions, deps: RetryDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  async run<T>(call: Call, admission: Admission, operation: Operation<T>): Promise<CallEnd<T>> {
    const { deadline, clock, timeout, classify } = this.#deps;
    if (!deadline.fits(call, 0)) return this.#expired(call);
    const options = this.#options;
    const of = options.mode === 'enforce' ? Math.min(options.attempts, call.maxAttempts) : 1;
    let delayMs: number | undefined;
    for (let number = 1; ; number++) {
      const limit = this.#started(call, number, of);
      const end = await timeout.run(call, number, limit, operation);
      const attempt = this.#ended(call, admission, {
        number,
        of,
        end,
        settled: settledOf(end),
        verdict: judge(end, classify, call.deadline.whose),
      });
      if (attempt.verdict.kind === 'success' || attempt.verdict.kind === 'neutral') return this.#finish(call, attempt);
      // Our own total has passed: nothing is left to plan with.
      if (attempt.end.kind === 'deadline') return this.#finish(call, attempt);
      const plan = this.#plan(call, admission, attempt, delayMs);
      if (options.mode === 'shadow') this.#watched(call, admission, attempt);
      if (plan.kind === 'stop') return this.#refuse(call, admission, attempt, plan.because);
      delayMs = plan.delayMs;
      this.#announce(call, attempt, delayMs);
      const interrupt = await pause(clock, delayMs, call);
      call.now = clock.monotonic();
      if (interrupt !== undefined) return this.#interrupted(call, admission, attempt, interrupt);
      const obstacle = this.#obstacle(call, admission, 0);
      if (obstacle !== undefined) return this.#refuse(call, admission, attempt, obstacle);
    }
  }

  describe(): string {
    const { mode, attempts, baseMs, factor, maxMs, jitter } = this.#options;
    const backoff = `${compactSeconds(baseMs)}×${factor}≤${compactSeconds(maxMs)} ${describeJitter(jitter)}`;
    return describeLayer('retry', mode, `${attempts}, ${backoff}, ${this.#deps.budget.describe()}`);
  }

  /** Other options. A call under way keeps its number of attempts; its next backoff has the new shape. */
  reload(options: RetryOptions): void {
    this.#options = options;
  }

  #started(call: Call, number: number, of: number): AttemptLimit {
    const { name, timeout } = this.#deps;
    const limit = timeout.limit(call);
    const { remainingMs, timeoutMs } = limit;
    call.attempts = number;
    call.emit?.({ type: 'attempt_started', name, call: call.id, attempt: number, of, remainingMs, timeoutMs });
    return limit;
  }

  #ended<T>(call: Call, admission: Admission, attempt: Attempt<T>): Attempt<T> {
    const { clock, timeout } = this.#deps;
    const { verdict, settled } = attempt;
    const startedAt = call.now;
    call.now = clock.monotonic();
    const durationMs = call.now - startedAt;
    call.engineMs += durationMs;
    timeout.ended(call, durationMs);
    if (verdict.kind === 'success') call.deadline.floor.observe(durationMs, call.now);
    this.#reportAttempt(call, attempt, durationMs);
    const outcome = outcomeOf(verdict, settled);
    if (outcome !== 'neutral' && verdict.pushback !== true) admission.attempted(outcome, verdict.reason);
    return attempt;
  }

  #reportAttempt<T>(call: Call, { number, of, end, settled, verdict }: Attempt<T>, durationMs: number): void {
    const { name } = this.#deps;
    call.emit?.({
      type: 'attempt_finished',
      name,
      call: call.id,
      attempt: number,
      of,
      outcome: verdict.kind,
      reason: verdict.reason,
      message: messageOf(verdict, settled),
      durationMs,
    });
    if (end.kind === 'deadline') this.#reportDeadline(call);
  }

  // The budget is asked last and charged here: a token spent on an attempt that something else forbids would be lost.
  #plan<T>(call: Call, admission: Admission, attempt: Attempt<T>, previousMs: number | undefined): Plan {
    const { verdict, number, of } = attempt;
    if (verdict.kind === 'permanent') return { kind: 'stop', because: 'permanent' };
    if (number >= of) return { kind: 'stop', because: 'attempts' };
    const delayMs = Math.max(this.#backoff(number, previousMs), verdict.retryAfterMs ?? 0);
    const obstacle = this.#obstacle(call, admission, delayMs);
    if (obstacle !== undefined) return { kind: 'stop', because: obstacle };
    if (!this.#deps.budget.charge(() => call.shadowed('budget', 'refuse', 'budget'))) return { kind: 'stop', because: 'budget' };
    return { kind: 'wait', delayMs };
  }

  // What would have followed, had the policy been enforced. No token is taken for it.
  #watched<T>(call: Call, admission: Admission, { verdict, number }: Attempt<T>): void {
    if (verdict.kind === 'permanent' || Math.min(this.#options.attempts, call.maxAttempts) <= number) return;
    const delayMs = Math.max(this.#backoff(number, undefined), verdict.retryAfterMs ?? 0);
    if (this.#obstacle(call, admission, delayMs) === undefined) call.shadowed('retry', 'retry', verdict.reason);
  }

  #backoff(number: number, previousMs: number | undefined): number {
    return backoffDelay(this.#options, number, previousMs, this.#deps.random);
  }

  #obstacle(call: Call, admission: Admission, delayMs: number): RetryRefusal | undefined {
    if (call.draining) return 'draining';
    if (!admission.mayContinue()) return 'breaker_open';
    return this.#deps.deadline.fits(call, delayMs) ? undefined : 'deadline';
  }

  #announce<T>(call: Call, { number, of, verdict, settled }: Attempt<T>, delayMs: number): void {
    const { name } = this.#deps;
    this.#reportBudget(call);
    const message = messageOf(verdict, settled);
    const common = { name, call: call.id, attempt: number, of };
    call.emit?.({ type: 'retry_scheduled', ...common, delayMs, reason: verdict.reason, message });
  }

  #finish<T>(call: Call, { number, end, settled, verdict }: Attempt<T>): CallEnd<T> {
    const outcome = outcomeOf(verdict, settled);
    if (outcome === 'success') {
      this.#deps.budget.succeeded();
      this.#reportBudget(call);
    }
    // Nobody abandoned an attempt that lost a race.
    if (end.kind !== 'cancelled' || end.error.cause instanceof HedgeLostError)
      return { outcome, verdict, attempts: number, settled };
    return { outcome, verdict, attempts: number, settled, abandonedInFlightMs: end.inFlightMs };
  }

  #refuse<T>(call: Call, admission: Admission, attempt: Attempt<T>, because: RetryRefusal): CallEnd<T> {
    const { name } = this.#deps;
    const { number, of, verdict } = attempt;
    call.emit?.({ type: 'retry_refused', name, call: call.id, attempt: number, of, because, reason: verdict.reason });
    const retryAfterMs = because === 'breaker_open' ? admission.retryAfterMs() : verdict.retryAfterMs;
    return { ...this.#finish(call, attempt), refusal: because, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }

  #interrupted<T>(call: Call, admission: Admission, attempt: Attempt<T>, interrupt: Interrupt): CallEnd<T> {
    if (interrupt.kind === 'draining') return this.#refuse(call, admission, attempt, 'draining');
    return { ...endedEnd(interrupt, this.#deps.name), attempts: attempt.number };
  }

  #expired<T>(call: Call): CallEnd<T> {
    this.#reportDeadline(call);
    const error = call.deadline.exceeded(0);
    return { outcome: 'neutral', verdict: { kind: 'neutral', reason: 'deadline' }, attempts: 0, settled: { error } };
  }

  #reportDeadline(call: Call): void {
    const { whose, totalMs } = call.deadline;
    const { name } = this.#deps;
    call.emit?.({ type: 'deadline_exceeded', name, call: call.id, whose, totalMs, attempts: call.attempts });
  }

  #reportBudget(call: Call): void {
    const { name, budget } = this.#deps;
    if (call.emit === undefined) return;
    const tokens = budget.announce();
    if (tokens !== undefined) call.emit({ type: 'budget_changed', name, call: call.id, tokens });
  }
}

/** The end of a call whose client went away, or whose pipeline stopped, while nothing was in flight. */
export function endedEnd(interrupt: CallEnding, name: string): CallEnd<never> {
  const client = interrupt.kind === 'client';
  const error = client ? new CallCancelledError(interrupt.cause) : new PipelineStoppedError(name);
  const verdict: Verdict = { kind: 'neutral', reason: client ? 'cancelled' : 'stopped', message: error.message };
  return { outcome: 'neutral', verdict, attempts: 0, settled: { error } };
}
