import type { Clock, Random } from '@penstock/clock';
import { DeadlineExceededError, type PolicyEvent } from '@penstock/resilience';
import type { CallSpans } from '@penstock/telemetry';
import { problemOfCall } from './call-problem.ts';
import { CallStory } from './call-story.ts';
import type { RequestedTotal } from './deadline-header.ts';
import type { EngineReply } from './engine-reply.ts';
import { ENGINES, type Engines } from './engines.ts';
import { Journey } from './journey.ts';
import type { Passage } from './passage.ts';
import type { AttemptSender } from './send-attempt.ts';

export interface EngineGateDeps {
  readonly engines: Engines;
  readonly clock: Clock;
  readonly random: Random;
  readonly send: AttemptSender;
  readonly onEvent: (event: PolicyEvent) => void;
  readonly spans: CallSpans;
}

/** The way from a client's request to the engines. */
export class EngineGate {
  readonly engines: Engines;
  readonly #deps: EngineGateDeps;
  readonly #stopping = new AbortController();
  #sequence = 0;

  constructor(deps: EngineGateDeps) {
    this.engines = deps.engines;
    this.#deps = deps;
  }

  /** @throws ProblemError for every way in which a call ends without a reply */
  async pass(passage: Passage): Promise<EngineReply> {
    const { clock, onEvent, spans, random, engines } = this.#deps;
    const { maxAttempts = Number.POSITIVE_INFINITY } = passage;
    const attempts = Math.min(engines.retry.mode === 'enforce' ? engines.retry.attempts : 1, maxAttempts);
    const id = spans.open(passage.request.span) ?? { sequence: ++this.#sequence };
    const story = new CallStory(ENGINES, id, attempts, onEvent);
    const startedAt = clock.monotonic();
    const last = await new Journey({ ...this.#deps, stopping: this.#stopping.signal }, passage, story, attempts).run();
    story.finished(last, clock.monotonic() - startedAt);
    passage.request.attempts = story.attempts;
    if ('result' in last.settled) return last.settled.result;
    const error = wholeTotal(last.settled.error, passage.total, story.attempts);
    const ending = { engine: last.engine.client.origin.origin, attempts: story.attempts, stayed: last.stayed };
    throw problemOfCall(error, ending, random);
  }

  /** Ends the calls under way; later ones are refused. */
  stop(): void {
    this.engines.stop();
    this.#stopping.abort();
  }

  close(): Promise<void> {
    return this.engines.close();
  }
}

// A later visit knows only what was left of the total.
function wholeTotal(error: unknown, { totalMs, wholeMs = totalMs }: RequestedTotal, attempts: number): unknown {
  return error instanceof DeadlineExceededError && error.totalMs !== wholeMs
    ? new DeadlineExceededError(error.whose, wholeMs, attempts, error.floorMs)
    : error;
}
