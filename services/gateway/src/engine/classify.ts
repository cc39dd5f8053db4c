import type { Clock } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import { type Classify, httpClassifier, LocalRefusalError, type Verdict } from '@penstock/resilience';
import type { EngineReply } from './engine-reply.ts';
import { AnsweredByHedge } from './hedged-attempt.ts';
import { knownProblem } from './reply-problem.ts';

/**
 * What the end of an attempt says about the engine. A refusal of our own says nothing, unless an attempt before it
 * had failed: then the call has failed.
 */
export function engineClassifier(clock: Clock): Classify {
  const ofHttp = httpClassifier(({ status, headers }: EngineReply) => ({ status, retryAfter: headers['retry-after'] }), clock);
  return (settled) => {
    // A problem thrown on the way is the sender's, such as an upload that grew too large: no failure of the engine.
    if ('error' in settled && settled.error instanceof ProblemError) {
      return { kind: 'neutral', reason: settled.error.code, message: settled.error.message };
    }
    if ('error' in settled && settled.error instanceof AnsweredByHedge) {
      return { kind: 'neutral', reason: 'hedge_lost', message: settled.error.message };
    }
    if ('result' in settled) {
      return withMeaning(ofHttp(settled), settled.result);
    }
    if (!(settled.error instanceof LocalRefusalError)) return ofHttp(settled);
    const { layer, message, attempt } = settled.error;
    return { kind: attempt > 1 ? 'permanent' : 'neutral', reason: layer, message };
  };
}

// What the engine's own words add to its status. Any other 503 or 504 is a failure.
function withMeaning(verdict: Verdict, reply: EngineReply): Verdict {
  if (reply.status !== 503 && reply.status !== 504) return verdict;
  const code = knownProblem(reply)?.code;
  if (code === 'overloaded') return { ...verdict, pushback: true };
  return code === 'deadline_exceeded' ? { ...verdict, expired: true } : verdict;
}
