import type { Emit, PolicyEvent } from './events.ts';

export type ListenerErrorHandler = (error: unknown, event: PolicyEvent) => void;

/**
 * Calls a listener so that nothing it does reaches the call: what it throws, and what a promise that it returns
 * rejects with, goes to `onError`.
 */
export function guarded(listener: Emit | undefined, onError: ListenerErrorHandler): Emit {
  if (listener === undefined) return ignoreEvent;
  return (event) => {
    try {
      const returned: unknown = listener(event);
      if (returned instanceof Promise) returned.catch((error: unknown) => onError(error, event));
    } catch (error) {
      onError(error, event);
    }
  };
}

/** Tells both, the first one first; undefined when there is neither. */
export function both(first: Emit | undefined, second: Emit | undefined): Emit | undefined {
  if (first === undefined) return second;
  if (second === undefined) return first;
  return (event) => {
    first(event);
    second(event);
  };
}

/** Counts what listeners throw and hands it on; a throwing handler is counted as well. */
export class ListenerErrors {
  count = 0;
  readonly #handler: ListenerErrorHandler | undefined;

  constructor(handler: ListenerErrorHandler | undefined) {
    this.#handler = handler;
  }

  readonly hear: ListenerErrorHandler = (error, event) => {
    this.count++;
    try {
      this.#handler?.(error, event);
    } catch {
      this.count++;
    }
  };
}

function ignoreEvent(): void {
  // No listener: the event has no reader.
}
