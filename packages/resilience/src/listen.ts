/** Calls `hear` once when the signal aborts. The returned function takes the listener off again. */
export function onAbort(signal: AbortSignal | undefined, hear: () => void): () => void {
  if (signal === undefined) return nothing;
  signal.addEventListener('abort', hear);
  return () => signal.removeEventListener('abort', hear);
}

function nothing(): void {
  // No signal: nothing was put on it.
}
