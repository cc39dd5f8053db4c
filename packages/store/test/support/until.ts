/** Asks again every 20 ms until it is so; for what another process does in its own time. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean, limitMs = 10_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
