import { type Clock, type Random, sleep } from '@penstock/clock';
import {
  type AttemptContext,
  CallCancelledError,
  type CallOptions,
  type Operation,
  PipelineStoppedError,
  RetriesExhaustedError,
  type RetryRefusal,
  type RetryRefused,
  savedDelays,
  type TellHeld,
} from '@penstock/resilience';
import type { CallStory } from './call-story.ts';
import type { Engine } from './engine.ts';
import type { SendContext } from './engine-client.ts';
import type { EngineReply } from './engine-reply.ts';
import type { Engines } from './engines.ts';
import { AnsweredByHedge, hedgedAttempt } from './hedged-attempt.ts';
import { HeldFailures } from './held-failures.ts';
import type { Passage } from './passage.ts';
import type { AttemptSender } from './send-attempt.ts';
import { isRefusal, sooner, throttled, type Visit, visit } from './visit.ts';

export interface JourneyDeps {
  readonly engines: Engines;
  readonly clock: Clock;
  readonly random: Random;
  readonly send: AttemptSender;
  /** Aborts when calls under way are ended. */
  readonly stopping: AbortSignal;
}

/** What one attempt is sent with, and until when. */
type Target = Omit<SendContext, 'remainingMs'>;

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
      const madeGood = this.#story.waited ? 'bridged' : 'made good';
      this.#held.tell(outcome === 'failure' ? 'failed' : madeGood);
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
    this.#tried.push(engine);
    const story = this.#story;
    const before = story.attempts;
    const left = this.#attempts - before;
    const maxAttempts = left > 1 && this.#deps.engines.hasOther(this.#tried) ? 1 : left;
    const options = { ...this.#options(engine, this.#passage.signal), maxAttempts, attemptsElsewhere: before };
    const made = throttled(engine, story) ?? (await visit(engine, story.visit(), options, this.#attempt(engine, before)));
    const { settled, attempts } = made;
    if ('error' in settled && settled.error instanceof RetriesExhaustedError && settled.error.cause instanceof AnsweredByHedge) {
      return { ...settled.error.cause.visit, attempts };
    }
    this.#tellThrottle(made);
    return made;
  }

  #options(engine: Engine, signal: AbortSignal): CallOptions {
    const { total, route } = this.#passage;
    const common = { signal, totalMs: this.#remainingMs(), clientShortened: total.clientShortened, kind: route };
    if (this.#deps.engines.all.length === 1) return common;
    this.#held.drop(engine);
    const before = this.#story.attempts;
    // A hedge is an attempt too, which the story does not number.
    const share = (): number => Math.max(1, this.#story.attempts - before) / this.#attempts;
    return { ...common, holdFailure: (tell) => this.#held.hold(engine, share(), tell) };
  }

  #attempt(engine: Engine, before: number): Operation<EngineReply> {
    return (attempt) => {
      const { signal, timeoutMs } = attempt;
      const number = before + attempt.number;
      if (!this.#mayHedge(engine)) return this.#send(engine, attempt, { number, signal });
      const policy = this.#deps.engines.hedges.of(this.#passage.route);
      const mayHedge = (): boolean => this.#mayHedge(engine);
      const legs = {
        first: (own: AbortSignal) => this.#send(engine, attempt, { number, signal: own }),
        hedge: (own: AbortSignal) => this.#hedge(engine, number, own),
      };
      const call = { signal, remainingMs: timeoutMs, mayHedge, call: this.#story.id };
      return hedgedAttempt(policy, call, legs, (reply) => engine.isGood(reply));
    };
  }

  // Nobody waits for a batch call: it is not worth a second attempt.
  #mayHedge(engine: Engine): boolean {
    const { engines, stopping } = this.#deps;
    const { hedge, priority } = this.#passage;
    if (hedge === undefined || priority === 'batch' || engines.hedges.options.mode === 'off' || stopping.aborted) return false;
    return engines.hasOther([engine]) || (hedge === 'anywhere' && engine.state === 'closed');
  }

  /** The second attempt, through the policies of the engine that it goes to. */
  async #hedge(late: Engine, number: number, signal: AbortSignal): Promise<Visit> {
    const { engines } = this.#deps;
    const lease = engines.pickForHedge(late, this.#passage.hedge ?? 'elsewhere');
    if (lease === undefined) throw new Error('there is no engine for a hedge');
    const engine = lease.endpoint;
    // At the same engine the late attempt speaks for the call.
    const options =
      engine === late ? { ...this.#options(late, signal), holdFailure: tellNothing } : this.#options(engine, signal);
    try {
      const made =
        throttled(engine, this.#story) ??
        (await visit(engine, this.#story.hedge(number), { ...options, maxAttempts: 1 }, (attempt) =>
          this.#send(engine, attempt, { number, signal: attempt.signal, hedge: true }),
        ));
      if (engine !== late) this.#tellThrottle(made);
      return made;
    } finally {
      lease.release();
    }
  }

  #send(engine: Engine, { number: here, remainingMs, timeoutMs }: AttemptContext, to: Target): Promise<EngineReply> {
    const { request, route, call, priority } = this.#passage;
    const { signal } = to;
    const entry = { signal, remainingMs: timeoutMs, priority, attempt: here, call: this.#story.id };
    return engine.admit(entry, () => this.#deps.send(engine, { request, route, call, attempt: { ...to, remainingMs } }));
  }

  // It counts calls, not attempts: what a retry made good was no refusal. One that bridged an outage of all says nothing.
  #tellThrottle({ engine, settled }: Visit): void {
    const said = engine.willing(settled);
    if (said !== 'rejected' || this.#deps.engines.all.length === 1) engine.throttle.heard(said);
    else this.#held.hold(engine, 1, (as) => as === 'failure' && engine.throttle.heard('rejected'));
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

const tellNothing = (tell: TellHeld): void => tell('neutral');

// The client went, or the gateway stops: that is how the call ended, whatever failed before.
const isEnded = ({ settled }: Visit): boolean =>
  'error' in settled && (settled.error instanceof CallCancelledError || settled.error instanceof PipelineStoppedError);
