import { ERROR_TABLE, type ErrorCode, type Problem, ProblemError } from '@penstock/contracts';
import { type EngineReply, isContract } from './engine-reply.ts';

/**
 * What a complete reply of the engine means for the client: undefined where it is passed on as it is,
 * else the problem that takes its place.
 */
export function problemOfReply(reply: EngineReply, replyType: string): ProblemError | undefined {
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
  return failureOf(reply, knownProblem(reply));
}

// The engine's own word where it has one, such as `overloaded`; else that it failed every attempt.
function failureOf(reply: EngineReply, problem: Problem | undefined): ProblemError {
  const retryAfterS = retryAfterSeconds(reply) ?? 1;
  if (problem !== undefined && (problem.code === 'overloaded' || problem.code === 'draining')) {
    return new ProblemError(problem.code, problem.detail, { layer: 'engine', retryAfterS });
  }
  if (problem?.code === 'deadline_exceeded') return new ProblemError('deadline_exceeded', problem.detail, { layer: 'engine' });
  const what = problem === undefined ? `${reply.status}` : `${reply.status} ${problem.code}: ${problem.detail}`;
  return new ProblemError('engine_unavailable', `The engine failed every attempt; its last answer was ${what}`, {
    layer: 'engine',
    retryAfterS,
  });
}

function knownProblem(reply: EngineReply): (Problem & { code: ErrorCode }) | undefined {
  try {
    const body = JSON.parse(reply.body.toString('utf8')) as Problem;
    return typeof body.code === 'string' && body.code in ERROR_TABLE ? (body as Problem & { code: ErrorCode }) : undefined;
  } catch {
    // Not JSON: whatever answered is not our engine, and its words are not passed on.
    return undefined;
  }
}

function retryAfterSeconds(reply: EngineReply): number | undefined {
  const value = Number(reply.headers['retry-after']);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
