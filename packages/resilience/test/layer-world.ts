import { FakeClock, type Random, scriptedRandom } from '@penstock/clock';
import type { PolicyEvent } from '@penstock/resilience';

export interface LayerWorld {
  readonly clock: FakeClock;
  readonly random: Random;
  readonly name: string;
  readonly events: PolicyEvent[];
  readonly onEvent: (event: PolicyEvent) => void;
  of<K extends PolicyEvent['type']>(type: K): Extract<PolicyEvent, { type: K }>[];
}

/** What a layer on a fake clock is given, and what it emitted. */
export function layerWorld(random: Random = scriptedRandom(0.5)): LayerWorld {
  const events: PolicyEvent[] = [];
  return {
    name: 'engine',
    clock: new FakeClock(),
    random,
    events,
    onEvent: (event) => void events.push(event),
    of: <K extends PolicyEvent['type']>(type: K) =>
      events.filter((event): event is Extract<PolicyEvent, { type: K }> => event.type === type),
  };
}

/** Work settled by hand, with the signal that it was given. */
export function manual<T = string>() {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let signal: AbortSignal | undefined;
  let started = 0;
  const run = (given?: AbortSignal): Promise<T> => {
    started++;
    signal = given;
    return promise;
  };
  return { run, resolve, reject, signal: () => signal, started: () => started };
}
