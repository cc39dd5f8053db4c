import type { Clock } from '@penstock/clock';
import { BulkheadFullError, type Classify, httpClassifier, LocalRefusalError } from '@penstock/resilience';
import type { EngineReply } from './engine-reply.ts';

/**
 * What the end of an attempt says about the engine. A refusal of our own says nothing, unless an attempt before it
 * had failed: then the call has failed.
 */
export function engineClassifier(clock: Clock): Classify {
  const ofHttp = httpClassifier(({ status, headers }: EngineReply) => ({ status, retryAfter: headers['retry-after'] }), clock);
  return (settled) => {
    if (!('error' in settled) || !(settled.error instanceof LocalRefusalError)) return ofHttp(settled);
    const { layer, message } = settled.error;
    const repeated = settled.error instanceof BulkheadFullError && settled.error.attempt > 1;
    return { kind: repeated ? 'permanent' : 'neutral', reason: layer, message };
  };
}
