import type { Clock } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import { type Classify, httpClassifier, LocalRefusalError } from '@penstock/resilience';
import type { EngineReply } from './engine-reply.ts';
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
    if ('result' in settled) {
      const verdict = ofHttp(settled);
      return isPushback(settled.result) ? { ...verdict, pushback: true } : verdict;
    }
    if (!(settled.error instanceof LocalRefusalError)) return ofHttp(settled);
    const { layer, message, attempt } = settled.error;
    return { kind: attempt > 1 ? 'permanent' : 'neutral', reason: layer, message };
  };
}

// The engine's own admission said no. Any other 503 is a failure.
const isPushback = (reply: EngineReply): boolean => reply.status === 503 && knownProblem(reply)?.code === 'overloaded';
