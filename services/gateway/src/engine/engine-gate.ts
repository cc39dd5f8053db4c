import type { Clock, Random } from '@penstock/clock';
import {
  BreakerOpenError,
  type CallOptions,
  DeadlineExceededError,
  LocalRefusalError,
  type PolicyEvent,
  type Priority,
  RetriesExhaustedError,
  type RetryRefusal,
  type Settled,
} from '@penstock/resilience';
import { spanEvents } from '@penstock/telemetry';
import type { FastifyRequest } from 'fastify';
import { problemOfCall } from './call-problem.ts';
import { CallStory, type VisitEnd } from './call-story.ts';
import type { RequestedTotal } from './deadline-header.ts';
import type { Engine } from './engine.ts';
import type { EngineCall } from './engine-client.ts';
import type { EngineReply } from './engine-reply.ts';
import { ENGINES, type Engines } from './engines.ts';
import type { AttemptSender } from './send-attempt.ts';

export interface EngineGateDeps {
  readonly engines: Engines;
  readonly clock: Clock;
  readonly random: Random;
  readonly send: AttemptSender;
  readonly onEvent: (event: PolicyEvent) => void;
  /** Attempts of a call in all. */
  readonly attempts: () => number;
}

/** What a route asks of the engines. */
export interface Passage {
  readonly request: FastifyRequest;
  /** Route template, for the names of spans and series. */
  readonly route: string;
  readonly call: EngineCall;
  readonly total: RequestedTotal;
  readonly priority: Priority;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** 1 for a body that can be sent only once, and for what must not be done twice. */
  readonly maxAttempts?: number;
}

/** A call's visit to one engine: every attempt that it made there. */
interface Visit extends VisitEnd {
  readonly engine: Engine;
  readonly settled: Settled<EngineReply>;
}

/**
 * The way from a client's request to the engines. A call goes to one engine; if that fails, to another one at once, and
 * only at the last one left are attempts repeated with backoff. So each engine's breaker hears one outcome per call.
 */
export class EngineGate {
  readonly engines: Engines;
  readonly #deps: EngineGateDeps;
  #sequence = 0;
  #draining = false;

  constructor(deps: EngineGateDeps) {
    this.engines = deps.engines;
    this.#deps = deps;
  }

  /** @throws ProblemError for every way in which a call ends without a reply */
  async pass(passage: Passage): Promise<EngineReply> {
    const { clock, onEvent } = this.#deps;
    const { request, maxAttempts = Number.POSITIVE_INFINITY } = passage;
    const onSpan = spanEvents(request.span);
    const attempts = Math.min(this.#deps.attempts(), maxAttempts);
    const story = new CallStory(ENGINES, ++this.#sequence, attempts, (event) => {
      onSpan?.(event);
      onEvent(event);
    });
    const startedAt = clock.monotonic();
    const last = await this.#visits(passage, story, attempts, startedAt);
    story.finished(last, clock.monotonic() - startedAt);
    if ('result' in last.settled) return last.settled.result;
    const error = wholeTotal(last.settled.error, passage.total, story.attempts);
    throw problemOfCall(error, { engine: last.engine.client.origin.origin, attempts: story.attempts }, this.#deps.random);
  }

  /** Ends the calls under way; later ones are refused. */
  stop(): void {
    this.#draining = true;
    this.engines.stop();
  }

  close(): Promise<void> {
    return this.engines.close();
  }

  /** Visits engines until one answers or nothing is left to try; the visit that tells how the call ended. */
  async #visits(passage: Passage, story: CallStory, attempts: number, startedAt: number): Promise<Visit> {
    const tried: Engine[] = [];
    const remainingMs = (): number => passage.total.totalMs - (this.#deps.clock.monotonic() - startedAt);
    let failed: Visit | undefined;
    let refused: Visit | undefined;
    while (refused === undefined || tried.length < this.engines.all.length) {
      const lease = this.engines.pick(tried);
      if (lease === undefined && (failed ?? refused) !== undefined) break;
      // Where every breaker is open, the one that will open first says so.
      const engine = lease?.endpoint ?? this.engines.soonest;
      if (failed !== undefined && failed.engine === tried.at(-1) && !this.#mayGoElsewhere(story, failed, remainingMs())) {
        lease?.release();
        return failed;
      }
      tried.push(engine);
      const left = attempts - story.attempts;
      const options = {
        signal: passage.signal,
        totalMs: remainingMs(),
        clientShortened: passage.total.clientShortened,
        kind: passage.route,
        maxAttempts: left > 1 && this.engines.hasOther(tried) ? 1 : left,
      };
      const visit = await this.#visit(engine, passage, story, options).finally(() => lease?.release());
      if (isRefusal(visit)) refused = sooner(refused, visit);
      else if (visit.attempts === 0 && failed !== undefined) return failed;
      else if (visit.mayGoElsewhere === undefined) return visit;
      else failed = visit;
      if (attempts === story.attempts) break;
    }
    if (failed?.mayGoElsewhere !== undefined) {
      story.stays(failed.mayGoElsewhere, attempts === story.attempts ? 'attempts' : 'breaker_open');
    }
    const end = failed ?? refused;
    if (end === undefined) throw new Error('a call ended without a visit');
    return end;
  }

  async #visit(engine: Engine, passage: Passage, story: CallStory, options: CallOptions): Promise<Visit> {
    const { onEvent, end } = story.visit();
    const before = story.attempts;
    const { request, route, call, priority } = passage;
    let settled: Settled<EngineReply>;
    try {
      const result = await engine.pipeline.execute(
        ({ number: here, signal, remainingMs, timeoutMs }) => {
          const number = before + here;
          const attempt = { number, signal, remainingMs };
          return engine.bulkhead.run({ signal, remainingMs: timeoutMs, priority, attempt: here }, () =>
            this.#deps.send(engine, { request, route, call, attempt }),
          );
        },
        { ...options, onEvent },
      );
      settled = { result };
    } catch (error) {
      settled = { error };
    }
    const visit = { engine, settled, ...end() };
    if (visit.outcome === 'success') this.engines.succeeded();
    return visit;
  }

  /** Decides, and pays for it. What forbids it is told. */
  #mayGoElsewhere(story: CallStory, { mayGoElsewhere }: Visit, remainingMs: number): boolean {
    if (mayGoElsewhere === undefined) return false;
    const because = this.#obstacle(remainingMs);
    if (because === undefined) story.goesElsewhere(mayGoElsewhere);
    else story.stays(mayGoElsewhere, because);
    return because === undefined;
  }

  // The budget is asked last: a token spent on an attempt that something else forbids would be lost.
  #obstacle(remainingMs: number): RetryRefusal | undefined {
    if (this.#draining) return 'draining';
    if (remainingMs <= 0) return 'deadline';
    return this.engines.charge() ? undefined : 'budget';
  }
}

// Nothing was sent: the breaker or the bulkhead of the engine said no.
const isRefusal = ({ settled, outcome }: Visit): boolean =>
  'error' in settled && (settled.error instanceof BreakerOpenError || (outcome === 'neutral' && isLocal(settled.error)));

const isLocal = (error: unknown): boolean => error instanceof RetriesExhaustedError && error.cause instanceof LocalRefusalError;

const waitOf = ({ settled }: Visit): number =>
  'error' in settled && settled.error instanceof BreakerOpenError ? settled.error.retryAfterMs : 0;

const sooner = (one: Visit | undefined, other: Visit): Visit => (one !== undefined && waitOf(one) <= waitOf(other) ? one : other);

// A later visit knows only what was left of the total.
function wholeTotal(error: unknown, { totalMs }: RequestedTotal, attempts: number): unknown {
  return error instanceof DeadlineExceededError && error.totalMs !== totalMs
    ? new DeadlineExceededError(error.whose, totalMs, attempts, error.floorMs)
    : error;
}
