/** Calls `hear` with the reason once the signal aborts. The returned function takes the listener off again. */
export function onAbort(signal: AbortSignal | undefined, hear: (reason: unknown) => void): () => void {
  if (signal === undefined) return nothing;
  const listener = (): void => hear(signal.reason);
  signal.addEventListener('abort', listener);
  return () => signal.removeEventListener('abort', listener);
}

function nothing(): void {
  // No signal: nothing was put on it.
}
