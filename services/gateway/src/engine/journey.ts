import { type Clock, type Random, sleep } from '@penstock/clock';
import {
  CallCancelledError,
  PipelineStoppedError,
  type RetryRefusal,
  type RetryRefused,
  savedDelays,
} from '@penstock/resilience';
import type { CallStory } from './call-story.ts';
import type { Engine } from './engine.ts';
import type { Engines } from './engines.ts';
import { HeldFailures } from './held-failures.ts';
import type { Passage } from './passage.ts';
import type { AttemptSender } from './send-attempt.ts';
import { isRefusal, sooner, type Visit, visit } from './visit.ts';

export interface JourneyDeps {
  readonly engines: Engines;
  readonly clock: Clock;
  readonly random: Random;
  readonly send: AttemptSender;
  /** Aborts when calls under way are ended. */
  readonly stopping: AbortSignal;
}

/** The engine failed, and another one need not. */
type FailedVisit = Visit & { readonly mayGoElsewhere: RetryRefused };

/**
 * One call's way over the engines. It goes to one; if that fails, to another one at once, and only at the last one left
 * are attempts repeated with backoff. An outage of all of them is bridged as one of a single engine is: the last attempt
 * starts no earlier than it would there.
 */
export class Journey {
  readonly #deps: JourneyDeps;
  readonly #passage: Passage;
  readonly #story: CallStory;
  /** In all. */
  readonly #attempts: number;
  readonly #endsAt: number;
  readonly #tried: Engine[] = [];
  readonly #held = new HeldFailures();

  constructor(deps: JourneyDeps, passage: Passage, story: CallStory, attempts: number) {
    this.#deps = deps;
    this.#passage = passage;
    this.#story = story;
    this.#attempts = attempts;
    this.#endsAt = deps.clock.monotonic() + passage.total.totalMs;
  }

  /** Visits engines until one answers or nothing is left to try; the visit that tells how the call ended. */
  async run(): Promise<Visit> {
    let outcome: Visit['outcome'] = 'failure';
    try {
      const last = await this.#visits();
      outcome = last.outcome;
      return last;
    } finally {
      this.#held.tell(outcome !== 'failure' && this.#story.waited ? 'neutral' : 'failure');
    }
  }

  async #visits(): Promise<Visit> {
    const { engines } = this.#deps;
    const tried = this.#tried;
    let failed: FailedVisit | undefined;
    let refused: Visit | undefined;
    while (refused === undefined || tried.length < engines.all.length) {
      if (failed !== undefined && failed.engine === tried.at(-1)) {
        if (!engines.hasOther(tried)) break;
        const because = await this.#goElsewhere(failed);
        if (because !== undefined) return this.#stay(failed, because);
      }
      const lease = engines.pick(tried, this.#story.id);
      if (lease === undefined && (failed ?? refused) !== undefined) break;
      // Where every breaker is open, the one that will open first says so.
      const made = await this.#visit(lease?.endpoint ?? engines.soonest).finally(() => lease?.release());
      if (isRefusal(made)) refused = sooner(refused, made);
      else if (made.attempts === 0 && failed !== undefined) return isEnded(made) ? made : failed;
      else if (!mayGoOn(made)) return made;
      else failed = made;
      if (this.#attempts === this.#story.attempts) break;
    }
    if (failed !== undefined) return this.#stay(failed, this.#attempts === this.#story.attempts ? 'attempts' : 'breaker_open');
    if (refused === undefined) throw new Error('a call ended without a visit');
    return refused;
  }

  async #visit(engine: Engine): Promise<Visit> {
    const { engines, send } = this.#deps;
    const { signal, total, route } = this.#passage;
    this.#tried.push(engine);
    const left = this.#attempts - this.#story.attempts;
    const options = {
      signal,
      totalMs: this.#remainingMs(),
      clientShortened: total.clientShortened,
      kind: route,
      maxAttempts: left > 1 && engines.hasOther(this.#tried) ? 1 : left,
      attemptsElsewhere: this.#story.attempts,
      ...(engines.all.length > 1 && { holdFailure: (tell) => this.#held.hold(engine, tell) }),
    } satisfies Parameters<typeof visit>[3];
    const made = await visit(engine, this.#passage, this.#story, options, send);
    this.#tellThrottle(made);
    return made;
  }

  // It counts calls, not attempts: what a retry made good was no refusal. One that bridged an outage of all says nothing.
  #tellThrottle({ engine, settled }: Visit): void {
    const said = engine.willing(settled);
    if (said !== 'rejected' || this.#deps.engines.all.length === 1) engine.throttle.heard(said);
    else this.#held.hold(engine, (as) => as === 'failure' && engine.throttle.heard('rejected'));
  }

  /** Decides, pays for it, and waits where it has to; or says what forbids it. */
  async #goElsewhere({ mayGoElsewhere }: FailedVisit): Promise<RetryRefusal | undefined> {
    const delayMs = this.#delayMs();
    const because = this.#obstacle(delayMs);
    if (because !== undefined) return because;
    this.#story.goesElsewhere(mayGoElsewhere, delayMs);
    if (delayMs > 0) await this.#wait(delayMs);
    return undefined;
  }

  #stay(failed: FailedVisit, stayed: RetryRefusal): Visit {
    this.#story.stays(failed.mayGoElsewhere, stayed);
    return { ...failed, stayed };
  }

  // Engines that fail at the same moment fail of the same thing: the last attempt is kept until that may be over.
  #delayMs(): number {
    const { attempts } = this.#story;
    if (attempts === 1 || this.#attempts - attempts > 1) return 0;
    return savedDelays(this.#deps.engines.retry, attempts, this.#deps.random);
  }

  // The budget is asked last: a token spent on an attempt that something else forbids would be lost.
  #obstacle(delayMs: number): RetryRefusal | undefined {
    const { engines, stopping } = this.#deps;
    if (stopping.aborted) return 'draining';
    if (this.#remainingMs() <= delayMs) return 'deadline';
    return engines.budget.charge() ? undefined : 'budget';
  }

  async #wait(delayMs: number): Promise<void> {
    const { clock, stopping } = this.#deps;
    const early = AbortSignal.any([this.#passage.signal, stopping]);
    try {
      await sleep(clock, delayMs, early);
    } catch (error) {
      // What ended the wait ends the next visit too, which says so.
      if (!early.aborted) throw error;
    }
  }

  #remainingMs(): number {
    return this.#endsAt - this.#deps.clock.monotonic();
  }
}

const mayGoOn = (made: Visit): made is FailedVisit => made.mayGoElsewhere !== undefined;

// The client went, or the gateway stops: that is how the call ended, whatever failed before.
const isEnded = ({ settled }: Visit): boolean =>
  'error' in settled && (settled.error instanceof CallCancelledError || settled.error instanceof PipelineStoppedError);
