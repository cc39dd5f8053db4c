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
