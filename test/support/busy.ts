/**
 * How long something went on being busy, in milliseconds from now: when the last look that saw it busy was sent.
 * What a look itself takes, long on a loaded machine, is not part of it.
 */
export async function busyFor(isBusy: () => Promise<boolean>, limitMs = 5000): Promise<number> {
  const startedAt = performance.now();
  for (let lastBusy = 0; ; ) {
    const asked = performance.now() - startedAt;
    if (!(await isBusy())) return lastBusy;
    if (asked > limitMs) throw new Error(`still busy after ${limitMs} ms`);
    lastBusy = asked;
  }
}

/**
 * The smallest of at most five measurements, fewer where one is below `limitMs`: a busy machine makes single ones slower
 * and none faster, so what is slow by itself stays above the limit each time.
 */
export async function fastestOfFive(limitMs: number, measure: () => Promise<number>): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5 && fastest >= limitMs; round++) fastest = Math.min(fastest, await measure());
  return fastest;
}
