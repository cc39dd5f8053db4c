import { type Random, sleep, type Timer } from '@penstock/clock';
import {
  CallCancelledError,
  PipelineStoppedError,
  RetriesExhaustedError,
  type RetryRefusal,
  type RetryRefused,
} from '@penstock/resilience';
import { type AttemptDeps, CallAttempts } from './call-attempts.ts';
import type { CallStory } from './call-story.ts';
import type { Engine } from './engine.ts';
import { AnsweredByHedge } from './hedged-attempt.ts';
import { HeldFailures } from './held-failures.ts';
import { Itinerary } from './itinerary.ts';
import type { Passage } from './passage.ts';
import { SavedDelays } from './saved-delays.ts';
import { isRefusal, sooner, throttled, type Visit, visit } from './visit.ts';

export interface JourneyDeps extends AttemptDeps {
  readonly random: Random;
}

/** The engine failed, and the next attempt need not. */
type FailedVisit = Visit & { readonly mayGoOn: RetryRefused };

/**
 * One call's way over the engines. With a single one its pipeline repeats attempts. With several each visit is one attempt:
 * a failed one goes to another engine at once, and once it has been at all of them, after backoff, to the one it was at
 * longest ago. An outage of all of them is bridged as one of a single engine is: the last attempt starts no earlier than
 * it would there.
 */
export class Journey {
  readonly #deps: JourneyDeps;
  readonly #passage: Passage;
  readonly #story: CallStory;
  readonly #attempts: CallAttempts;
  /** In all. */
  readonly #maxAttempts: number;
  readonly #itinerary = new Itinerary();
  readonly #held: HeldFailures;
  readonly #delays = new SavedDelays();
  /** How long an engine takes to fail this call. */
  #failedAfterMs: number | undefined;

  constructor(deps: JourneyDeps, passage: Passage, story: CallStory, maxAttempts: number) {
    this.#deps = deps;
    this.#passage = passage;
    this.#story = story;
    this.#maxAttempts = maxAttempts;
    this.#held = new HeldFailures(maxAttempts);
    this.#attempts = new CallAttempts(deps, passage, story, this.#held);
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
    let made = (await this.#visitNext('anew')) ?? (await this.#refused());
    while (mayGoOn(made)) {
      const next = await this.#goOn(made);
      if (typeof next === 'string') {
        this.#story.stays(made.mayGoOn, next);
        return { ...made, stayed: next };
      }
      made = next;
    }
    return made;
  }

  // Every breaker is open: the one that will let a call through first says so.
  #refused(): Promise<Visit> {
    const { engines } = this.#deps;
    if (engines.several) engines.askReadiness();
    return this.#visit(engines.soonest);
  }

  /**
   * The visit to the first engine that takes the call: one that it has not been to or, `again`, the one that it was at
   * longest ago. The refusal that is over first where all refuse; undefined where no breaker lets a call through.
   */
  async #visitNext(again: 'anew' | 'again'): Promise<Visit | undefined> {
    const { engines, clock } = this.#deps;
    const { visited } = this.#itinerary;
    const out = engines.all.filter((engine) => this.#itinerary.awayMs(engine, clock.monotonic()) > 0);
    let refused: Visit | undefined;
    for (let from = 0; from <= (again === 'again' ? visited.length : 0) && this.#attemptsLeft > 0; ) {
      const lease = engines.pick([...out, ...visited.slice(from)], this.#story.id);
      if (lease === undefined) {
        from++;
      } else {
        out.push(lease.endpoint);
        const made = await this.#visit(lease.endpoint).finally(() => lease.release());
        if (!isRefusal(made)) return made;
        refused = sooner(refused, made);
      }
    }
    return refused;
  }

  async #visit(engine: Engine): Promise<Visit> {
    const { clock } = this.#deps;
    const story = this.#story;
    const before = story.attempts;
    const options = { ...this.#attempts.options(engine), maxAttempts: this.#attemptsThere };
    // A call that was let through once is not asked again.
    const refused = this.#held.knows(engine) ? undefined : throttled(engine, story);
    this.#itinerary.visit(engine);
    if (refused !== undefined) return refused;
    const startedAt = clock.monotonic();
    const early = this.#tellInTime();
    const made = await visit(engine, story.visit(), options, this.#attempts.at(engine, before)).finally(() => early?.cancel());
    const { settled, attempts } = made;
    if ('error' in settled && settled.error instanceof RetriesExhaustedError && settled.error.cause instanceof AnsweredByHedge) {
      return { ...settled.error.cause.visit, attempts };
    }
    if (mayGoOn(made)) this.#failed(made, clock.monotonic() - startedAt);
    this.#attempts.tellThrottle(made);
    return made;
  }

  #failed({ engine, settled }: FailedVisit, afterMs: number): void {
    this.#failedAfterMs = Math.max(this.#failedAfterMs ?? 0, afterMs);
    this.#itinerary.stayAway(engine, this.#deps.clock.monotonic() + engine.retryAfterMs(settled));
  }

  // Engines that fail of the same thing take about as long for it: one that has had the call for longer works, and those
  // before it have failed alone. What it computes may take a minute more.
  #tellInTime(): Timer | undefined {
    if (this.#failedAfterMs === undefined || this.#story.waited) return undefined;
    const { clock, engines } = this.#deps;
    return clock.timer(this.#failedAfterMs + engines.connectTimeoutMs, () => this.#held.tell('made good'));
  }

  /** The next attempt's visit: decided on, paid for, and waited for where it has to be; or what forbids it. */
  async #goOn(failed: FailedVisit): Promise<Visit | RetryRefusal> {
    const { engines } = this.#deps;
    if (!engines.several || this.#attemptsLeft === 0) return 'attempts';
    if (!engines.hasOther([failed.engine])) engines.askReadiness();
    const atOnce = this.#mayGoAtOnce();
    const delayMs = atOnce ? 0 : this.#delayMs();
    const because = this.#obstacle(failed, delayMs) ?? (engines.budget.charge() ? undefined : 'budget');
    if (because !== undefined) return because;
    this.#story.goesOn(failed.mayGoOn, delayMs);
    const next = atOnce ? await this.#visitNext('anew') : await this.#visitAfter(delayMs);
    if (next !== undefined && !isRefusal(next)) return this.#lastWord(next);
    return atOnce ? this.#goOnLater(failed) : 'breaker_open';
  }

  // The other engine, which seemed to take calls, does not. What was paid for is made after the wait that was to be saved.
  async #goOnLater(failed: FailedVisit): Promise<Visit | RetryRefusal> {
    if (this.#attemptsLeft === 0) return 'attempts';
    const delayMs = this.#delayMs();
    const because = this.#obstacle(failed, delayMs);
    if (because !== undefined) return because;
    const next = await this.#visitAfter(delayMs);
    return next === undefined || isRefusal(next) ? 'breaker_open' : this.#lastWord(next);
  }

  async #visitAfter(delayMs: number): Promise<Visit | undefined> {
    this.#story.waited = true;
    await this.#wait(delayMs);
    return this.#visitNext('again');
  }

  // Without an attempt, only the client's going or the gateway's stop says more than the failure before.
  #lastWord(next: Visit): Visit | RetryRefusal {
    return next.attempts === 0 && !isEnded(next) ? 'deadline' : next;
  }

  // Engines that fail at the same moment fail of the same thing: the last attempt is kept until that may be over.
  #mayGoAtOnce(): boolean {
    return this.#deps.engines.hasOther(this.#itinerary.visited) && (this.#story.attempts === 1 || this.#attemptsLeft > 1);
  }

  #delayMs(): number {
    const { engines, random, clock } = this.#deps;
    const now = clock.monotonic();
    const away = engines.all.filter(({ takesCalls }) => takesCalls).map((engine) => this.#itinerary.awayMs(engine, now));
    const backoffMs = this.#delays.take(engines.retry, this.#story.attempts, random);
    return away.length === 0 ? backoffMs : Math.max(backoffMs, Math.min(...away));
  }

  #obstacle({ engine }: FailedVisit, delayMs: number): RetryRefusal | undefined {
    if (this.#deps.stopping.aborted) return 'draining';
    return engine.pipeline.fits(this.#attempts.options(engine), delayMs) ? undefined : 'deadline';
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

  get #attemptsThere(): number {
    const { engines } = this.#deps;
    // A retry that only watches makes none of them, and tells of them.
    if (engines.retry.mode === 'shadow') return this.#passage.maxAttempts ?? engines.retry.attempts;
    return engines.several ? 1 : this.#attemptsLeft;
  }

  get #attemptsLeft(): number {
    return this.#maxAttempts - this.#story.attempts;
  }
}

const mayGoOn = (made: Visit): made is FailedVisit => made.mayGoOn !== undefined;

// The client went, or the gateway stops: that is how the call ended, whatever failed before.
const isEnded = ({ settled }: Visit): boolean =>
  'error' in settled && (settled.error instanceof CallCancelledError || settled.error instanceof PipelineStoppedError);
