// When to stop: a signal, the end of the npm that started us, or nobody reading what we print.

/**
 * Calls `onStop` at the first reason to stop, and again at every later signal.
 * A terminal's Ctrl-C reaches us from the terminal and once more from npm, which passes signals on:
 * what follows within half a second is the same signal.
 */
export function watchStopRequests(onStop) {
  const sameSignalMs = 500;
  let last;
  const onSignal = (signal) => {
    const now = performance.now();
    const repeated = last !== undefined && now - last < sameSignalMs;
    last = now;
    if (!repeated) onStop(signal);
  };
  const onGone = () => {
    if (last === undefined) onSignal('SIGHUP');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  process.stdout.removeAllListeners('error').on('error', onGone);
  process.stderr.on('error', onGone);
  if (process.env.npm_lifecycle_event !== undefined) watchParent(onGone);
}

function watchParent(onGone) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 1000);
  timer.unref();
}
