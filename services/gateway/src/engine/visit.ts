import {
  BreakerOpenError,
  type CallOptions,
  LocalRefusalError,
  type Operation,
  PipelineStoppedError,
  RetriesExhaustedError,
  type RetryRefusal,
  type Settled,
} from '@penstock/resilience';
import type { CallStory, Chapter, VisitEnd } from './call-story.ts';
import type { Engine } from './engine.ts';
import type { EngineReply } from './engine-reply.ts';

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
  { onEvent, end }: Chapter,
  options: CallOptions,
  attempt: Operation<EngineReply>,
): Promise<Visit> {
  let settled: Settled<EngineReply>;
  try {
    settled = { result: await engine.pipeline.execute(attempt, { ...options, onEvent }) };
  } catch (error) {
    settled = { error };
  }
  return { engine, settled, ...end() };
}

/** The visit that the engine's throttle refuses; undefined where it lets the call pass. */
export function throttled(engine: Engine, { id }: CallStory): Visit | undefined {
  // An engine whose breaker is not closed is spared by it already, and its refusal says more.
  if (engine.state !== 'closed') return undefined;
  try {
    engine.throttle.admit(id);
    return undefined;
  } catch (error) {
    const reason = error instanceof LocalRefusalError ? error.layer : 'stopped';
    if (error instanceof LocalRefusalError || error instanceof PipelineStoppedError) {
      return { engine, settled: { error }, outcome: 'neutral', reason, attempts: 0, mayGoOn: undefined };
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
