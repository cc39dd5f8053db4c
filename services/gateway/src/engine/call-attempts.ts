import type { Clock } from '@penstock/clock';
import type { AttemptContext, CallOptions, Operation, TellHeld } from '@penstock/resilience';
import type { CallStory } from './call-story.ts';
import type { Engine } from './engine.ts';
import type { SendContext } from './engine-client.ts';
import type { EngineReply } from './engine-reply.ts';
import type { Engines } from './engines.ts';
import { hedgedAttempt } from './hedged-attempt.ts';
import type { HeldFailures } from './held-failures.ts';
import type { Passage } from './passage.ts';
import type { AttemptSender } from './send-attempt.ts';
import { throttled, type Visit, visit } from './visit.ts';

export interface AttemptDeps {
  readonly engines: Engines;
  readonly clock: Clock;
  readonly send: AttemptSender;
  /** Aborts when calls under way are ended. */
  readonly stopping: AbortSignal;
}

/** What one attempt is sent with, and until when. */
type Target = Omit<SendContext, 'remainingMs'>;

/** The attempts of one call, at whichever engine: what each is sent with, and the hedge of one that is late. */
export class CallAttempts {
  readonly #deps: AttemptDeps;
  readonly #passage: Passage;
  readonly #story: CallStory;
  readonly #held: HeldFailures;
  readonly #endsAt: number;

  constructor(deps: AttemptDeps, passage: Passage, story: CallStory, held: HeldFailures) {
    this.#deps = deps;
    this.#passage = passage;
    this.#story = story;
    this.#held = held;
    this.#endsAt = deps.clock.monotonic() + passage.total.totalMs;
  }

  /** What the policies of an engine are told of the call. */
  options(engine: Engine, signal: AbortSignal = this.#passage.signal): CallOptions {
    const { total, route } = this.#passage;
    const common = { signal, totalMs: this.#remainingMs(), clientShortened: total.clientShortened, kind: route };
    if (!this.#deps.engines.several) return common;
    return { ...common, holdFailure: (tell) => this.#held.hold(engine, tell) };
  }

  /** The attempts at an engine, with their hedges; the call has made `before` already. */
  at(engine: Engine, before: number): Operation<EngineReply> {
    const { engines } = this.#deps;
    // A hedge that won would take a trial its verdict, and the engine would stay half-open.
    const notBeforeMs = engine.state === 'closed' ? 0 : engines.trialMs;
    return (attempt) => {
      const { signal, timeoutMs } = attempt;
      const number = before + attempt.number;
      if (!this.#mayHedge(engine)) return this.#send(engine, attempt, { number, signal });
      const policy = engines.hedges.of(this.#passage.route);
      const mayHedge = (): boolean => this.#mayHedge(engine);
      const legs = {
        first: (own: AbortSignal) => this.#send(engine, attempt, { number, signal: own }),
        hedge: (own: AbortSignal) => this.#hedge(engine, number, own),
      };
      const call = { signal, remainingMs: timeoutMs, mayHedge, notBeforeMs, call: this.#story.id };
      return hedgedAttempt(policy, call, legs, (reply) => engine.isGood(reply));
    };
  }

  // Nobody waits for a batch call: it is not worth a second attempt.
  #mayHedge(engine: Engine): boolean {
    const { engines, stopping } = this.#deps;
    const { hedge, priority } = this.#passage;
    if (hedge === undefined || priority === 'batch' || engines.hedges.options.mode === 'off' || stopping.aborted) return false;
    return engines.canHedge(engine, hedge);
  }

  /** The second attempt, through the policies of the engine that it goes to. */
  async #hedge(late: Engine, number: number, signal: AbortSignal): Promise<Visit> {
    const { engines } = this.#deps;
    const lease = engines.pickForHedge(late, this.#passage.hedge ?? 'elsewhere');
    if (lease === undefined) throw new Error('there is no engine for a hedge');
    const engine = lease.endpoint;
    // At the same engine the late attempt speaks for the call.
    const options = engine === late ? { ...this.options(late, signal), holdFailure: tellNothing } : this.options(engine, signal);
    try {
      const made =
        throttled(engine, this.#story) ??
        (await visit(engine, this.#story.hedge(number), { ...options, maxAttempts: 1 }, (attempt) =>
          this.#send(engine, attempt, { number, signal: attempt.signal, hedge: true }),
        ));
      if (engine !== late) this.tellThrottle(made);
      return made;
    } finally {
      lease.release();
    }
  }

  #send(engine: Engine, { number: here, remainingMs, timeoutMs }: AttemptContext, to: Target): Promise<EngineReply> {
    const { request, route, call, priority } = this.#passage;
    const { signal } = to;
    const entry = { signal, remainingMs: timeoutMs, priority, attempt: here, call: this.#story.id };
    return engine.admit(entry, () => {
      this.#held.began(engine);
      return this.#deps.send(engine, { request, route, call, attempt: { ...to, remainingMs } });
    });
  }

  /** How a visit ended. The throttle counts calls, not attempts: what a retry made good was no refusal. */
  tellThrottle({ engine, settled }: Visit): void {
    const said = engine.willing(settled);
    // A refusal in an outage of all engines that the call bridged says nothing.
    if (said !== 'rejected' || !this.#deps.engines.several) engine.throttle.heard(said);
    else this.#held.hold(engine, (as) => as === 'failure' && engine.throttle.heard('rejected'));
  }

  #remainingMs(): number {
    return this.#endsAt - this.#deps.clock.monotonic();
  }
}

const tellNothing = (tell: TellHeld): void => tell('neutral');
