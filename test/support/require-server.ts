import type { TestContext } from 'node:test';

/** True where the server can be used, otherwise the reason why not. */
export type Available = true | string;

/**
 * Whether a test that needs a server may go on. Where the server is missing the test is skipped with the reason, or,
 * under `CI=true`, fails: there a missing server is a defect of the set-up, and a skip would hide it.
 *
 *     if (!requireServer(t, 'Jaeger', await jaegerAvailable())) return;
 */
export function requireServer(t: Pick<TestContext, 'skip'>, name: string, available: Available): boolean {
  if (available === true) return true;
  if (process.env.CI === 'true') throw new Error(`no ${name} because ${available}; CI must have it`);
  t.skip(`skipped: no ${name} because ${available}`);
  return false;
}
