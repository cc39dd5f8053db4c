import type { HedgeCall, HedgePolicy } from '@penstock/resilience';
import type { EngineReply } from './engine-reply.ts';
import type { Visit } from './visit.ts';

/**
 * The hedge was answered first. Thrown by the attempt that lost, whose engine it says nothing about; the answer is in
 * the hedge's own visit, whose engine has heard of it.
 */
export class AnsweredByHedge extends Error {
  override readonly name = 'AnsweredByHedge';
  readonly visit: Visit;

  constructor(visit: Visit) {
    super('The hedge was answered first');
    this.visit = visit;
  }
}

interface Legs {
  readonly first: (signal: AbortSignal) => Promise<EngineReply>;
  readonly hedge: (signal: AbortSignal) => Promise<Visit>;
}

interface Answer {
  readonly reply: EngineReply;
  readonly visit?: Visit;
}

/**
 * One attempt, and a hedge where it is late. A hedge without a good answer decides nothing: the attempt is waited for.
 * @throws AnsweredByHedge
 */
export async function hedgedAttempt(
  policy: HedgePolicy,
  call: Omit<HedgeCall<EngineReply>, 'good'>,
  { first, hedge }: Legs,
  isGood: (reply: EngineReply) => boolean,
): Promise<EngineReply> {
  const { reply, visit } = await policy.run<Answer>({ ...call, good: (answer) => isGood(answer.reply) }, async (leg) => {
    if (leg.number === 1) return { reply: await first(leg.signal) };
    const made = await hedge(leg.signal);
    if ('error' in made.settled) throw made.settled.error;
    if (!isGood(made.settled.result)) throw new Error('the hedge has no good answer');
    return { reply: made.settled.result, visit: made };
  });
  if (visit !== undefined) throw new AnsweredByHedge(visit);
  return reply;
}
