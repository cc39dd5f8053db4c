import { mock } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';

// A test may put mocked timers in their place.
const { setTimeout, clearTimeout } = globalThis;

/** A test on a fake clock takes milliseconds; one that is still running after this waits for what will never come. */
const PATIENCE_MS = 8000;

/** @typedef {{ kind: 'passed' | 'hung' } | { kind: 'failed', message: string }} Outcome */

/**
 * Runs one test as node:test would: a rejection that nobody handles and an error that nobody catches fail it too.
 * @param {import('./registry.mjs').Test} test
 * @returns {Promise<Outcome>}
 */
export async function runTest(test) {
  const strays = [];
  const stray = (error) => void strays.push(error);
  process.on('unhandledRejection', stray).on('uncaughtException', stray);
  const cleanups = [];
  try {
    const outcome = await limited(async () => test.run({ after: (cleanup) => void cleanups.push(cleanup), mock }));
    for (const cleanup of cleanups) await cleanup();
    mock.reset();
    await turnOfTheLoop();
    return outcome.kind === 'passed' && strays.length > 0 ? failure(strays[0]) : outcome;
  } finally {
    process.off('unhandledRejection', stray).off('uncaughtException', stray);
  }
}

async function limited(work) {
  const { promise: hung, resolve } = Promise.withResolvers();
  const timer = setTimeout(() => resolve({ kind: 'hung' }), PATIENCE_MS);
  try {
    return await Promise.race([work().then(() => ({ kind: 'passed' }), failure), hung]);
  } finally {
    clearTimeout(timer);
  }
}

const failure = (error) => ({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
