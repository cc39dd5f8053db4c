import type { Clock } from '@penstock/clock';
import type { Call, Interrupt } from '../call.ts';

/** Waits out a backoff. Resolves with what ended it early, or undefined; leaves no timer and no listener. */
export function pause(clock: Clock, ms: number, call: Call): Promise<Interrupt | undefined> {
  if (call.ended !== undefined) return Promise.resolve(call.ended);
  return new Promise((resolve) => {
    const waiting = {
      interrupted(interrupt: Interrupt | undefined): void {
        timer.cancel();
        call.unhear();
        resolve(interrupt);
      },
    };
    const timer = clock.timer(ms, () => waiting.interrupted(undefined));
    call.hear(waiting);
  });
}
