import assert from 'node:assert/strict';
import { send } from './requests.ts';

/** The route that analyses take, the only one that is hit by the faults made here. */
export const ANALYSES = '/api/analyze/comprehensive';

/** Every analysis starts this much later. */
export const latency = (name: string, delayMs: number) =>
  ({ name, kind: 'latency', percent: 100, route: ANALYSES, delay_ms: delayMs }) as const;

/** This share of the analyses (0–100) is answered 503, by chance. */
export const flaky = (percent: number) => ({ name: 'flaky', kind: 'error', percent, route: ANALYSES, status: 503 }) as const;

/** Environment of an engine that injects these faults from its start, and lets more of them in. */
export const faultsOn = (faults: readonly unknown[]): Readonly<Record<string, string>> => ({
  FAULTS_ENABLED: 'true',
  FAULTS: JSON.stringify(faults),
  FAULTS_SEED: '11',
  WORKER_QUEUE: '1000',
});

/** Replaces the faults of a running service, and begins their draws anew, from the seed where one is given. */
export async function setFaults(serviceUrl: string, faults: readonly unknown[], seed?: number): Promise<void> {
  const { status, text } = await send(`${serviceUrl}/admin/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ faults, seed }),
  });
  assert.equal(status, 200, text);
}
