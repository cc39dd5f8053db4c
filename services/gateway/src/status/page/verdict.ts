import type { ResilienceState } from '@penstock/contracts';

export type Tone = 'pass' | 'warn' | 'fail';

/** What there is to say of the whole, in one line that changes only when something happens. */
export interface Verdict {
  readonly tone: Tone;
  readonly words: string;
}

type Breaker = ResilienceState['breakers'][number];

const enforced = ({ mode }: Breaker): boolean => mode === 'enforce';
const names = (breakers: readonly Breaker[]): string => breakers.map(({ name }) => name).join(', ');

export function verdict({ drain, breakers, shared_state }: ResilienceState): Verdict {
  if (drain !== 'serving') return { tone: 'warn', words: 'Shutting down: what was accepted is still answered' };
  const open = breakers.filter((breaker) => enforced(breaker) && breaker.state === 'open');
  if (open.length > 0 && open.length === breakers.length)
    return { tone: 'fail', words: `Calls are refused: the circuit of ${names(open)} is open` };
  if (open.length > 0) return { tone: 'warn', words: `Calls pass, but not to ${names(open)}: circuit open` };
  const halfOpen = breakers.filter((breaker) => enforced(breaker) && breaker.state === 'half_open');
  if (halfOpen.length > 0) return { tone: 'warn', words: `${names(halfOpen)} is being tried: circuit half-open` };
  const failing = breakers.filter((breaker) => breaker.consecutive_failures > 0);
  if (failing.length > 0) return { tone: 'warn', words: `Calls pass; the last ones to ${names(failing)} failed` };
  if (!shared_state.ok) return { tone: 'warn', words: 'Calls pass; the state that gateways share is out of reach' };
  return { tone: 'pass', words: 'Calls pass' };
}
