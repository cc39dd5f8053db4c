import { ERROR_TABLE, type ErrorCode, type Problem, ProblemError } from '@penstock/contracts';
import { parseRetryAfter } from '@penstock/resilience';
import { type EngineReply, isContract } from './engine-reply.ts';

/**
 * What a complete reply of the engine means for the client: undefined where it is passed on as it is,
 * else the problem that takes its place.
 */
export function problemOfReply(reply: EngineReply, replyType: string, nowMs: number): ProblemError | undefined {
  if (!isContract(reply, replyType) && reply.status < 500) {
    return new ProblemError(
      'bad_engine_reply',
      `The engine answered ${reply.status} with ${reply.headers['content-type'] ?? 'no content type'}, which is not its contract`,
      {
        layer: 'engine',
      },
    );
  }
  if (reply.status < 500 || reply.status === 501) return undefined;
  return failureOf(reply, knownProblem(reply), nowMs);
}

// The engine's own word where it has one, such as `overloaded`; else that it failed every attempt.
function failureOf(reply: EngineReply, problem: KnownProblem | undefined, nowMs: number): ProblemError {
  const retryAfterMs = parseRetryAfter(reply.headers['retry-after'], nowMs);
  const retryAfter = { retryAfterS: Math.max(1, (retryAfterMs ?? 0) / 1000) };
  if (problem !== undefined && problem.code !== 'internal') {
    const comesBack = ERROR_TABLE[problem.code].status === 503;
    const told = reply.headers['proxy-status'];
    return new ProblemError(problem.code, problem.detail, {
      layer: 'engine',
      ...(comesBack && retryAfter),
      ...(told !== undefined && { headers: { 'proxy-status': String(told) } }),
    });
  }
  const what = problem === undefined ? `${reply.status}` : `${reply.status} ${problem.code}: ${problem.detail}`;
  const detail = `The engine failed every attempt; its last answer was ${what}`;
  return new ProblemError('engine_unavailable', detail, { layer: 'engine', ...retryAfter });
}

type KnownProblem = Problem & { readonly code: ErrorCode };

/** The problem that an engine's reply tells, if it is one of the error table. */
export function knownProblem(reply: EngineReply): KnownProblem | undefined {
  try {
    const body = JSON.parse(reply.body.toString('utf8')) as Partial<Problem> | null;
    return typeof body?.code === 'string' && Object.hasOwn(ERROR_TABLE, body.code) ? (body as KnownProblem) : undefined;
  } catch {
    // Not JSON: whatever answered is not our engine, and its words are not passed on.
    return undefined;
  }
}
