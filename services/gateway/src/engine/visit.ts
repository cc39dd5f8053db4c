import {
  BreakerOpenError,
  type CallOptions,
  LocalRefusalError,
  PipelineStoppedError,
  RetriesExhaustedError,
  type RetryRefusal,
  type Settled,
} from '@penstock/resilience';
import type { CallStory, VisitEnd } from './call-story.ts';
import type { Engine } from './engine.ts';
import type { EngineReply } from './engine-reply.ts';
import type { Passage } from './passage.ts';
import type { AttemptSender } from './send-attempt.ts';

/** A call's visit to one engine: every attempt that it made there. */
export interface Visit extends VisitEnd {
  readonly engine: Engine;
  readonly settled: Settled<EngineReply>;
  /** Why the call did not go on from here to another engine, where it could have. */
  readonly stayed?: RetryRefusal;
}

/** Sends the call through the engine's policies. Never rejects: how it ended is in the visit. */
export async function visit(
  engine: Engine,
  { request, route, call, priority }: Passage,
  story: CallStory,
  options: CallOptions,
  send: AttemptSender,
): Promise<Visit> {
  // An engine whose breaker is not closed is spared by it already, and its refusal says more.
  const refusal = engine.state === 'closed' ? throttled(engine, story) : undefined;
  if (refusal !== undefined) return refusal;
  const { onEvent, end } = story.visit();
  const before = story.attempts;
  let settled: Settled<EngineReply>;
  try {
    const result = await engine.pipeline.execute(
      ({ number: here, signal, remainingMs, timeoutMs }) => {
        const attempt = { number: before + here, signal, remainingMs };
        return engine.admit({ signal, remainingMs: timeoutMs, priority, attempt: here, call: story.id }, () =>
          send(engine, { request, route, call, attempt }),
        );
      },
      { ...options, onEvent },
    );
    settled = { result };
  } catch (error) {
    settled = { error };
  }
  return { engine, settled, ...end() };
}

function throttled(engine: Engine, { id }: CallStory): Visit | undefined {
  try {
    engine.throttle.admit(id);
    return undefined;
  } catch (error) {
    const reason = error instanceof LocalRefusalError ? error.layer : 'stopped';
    if (error instanceof LocalRefusalError || error instanceof PipelineStoppedError) {
      return { engine, settled: { error }, outcome: 'neutral', reason, attempts: 0, mayGoElsewhere: undefined };
    }
    throw error;
  }
}

/** Nothing was sent: a policy of the engine said no. */
export const isRefusal = ({ settled, outcome }: Visit): boolean =>
  'error' in settled && (settled.error instanceof BreakerOpenError || (outcome === 'neutral' && isLocal(settled.error)));

const isLocal = (error: unknown): boolean =>
  error instanceof LocalRefusalError || (error instanceof RetriesExhaustedError && error.cause instanceof LocalRefusalError);

/** The one of two refusals that is over first. */
export const sooner = (one: Visit | undefined, other: Visit): Visit =>
  one !== undefined && waitOf(one) <= waitOf(other) ? one : other;

const waitOf = ({ settled }: Visit): number =>
  'error' in settled && settled.error instanceof BreakerOpenError ? settled.error.retryAfterMs : 0;
