import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '@penstock/clock';
import type { RequestCounts } from '@penstock/telemetry';
import { SAMPLE_MS, Traffic } from '../../src/status/traffic.ts';

const counts = (status: string, upTo10ms: number, upTo100ms: number, all: number, max = 0.5): RequestCounts => ({
  labels: { method: 'GET', route: '/api/datasets', status },
  buckets: [
    { le: 0.01, count: upTo10ms },
    { le: 0.1, count: upTo100ms },
    { le: Number.POSITIVE_INFINITY, count: all },
  ],
  sum: 0,
  max,
});

async function watched(looks: readonly (readonly RequestCounts[])[]) {
  const clock = new FakeClock();
  const left = [...looks];
  const errors: unknown[] = [];
  const read = async () => left.shift() ?? Promise.reject(new Error('no more looks'));
  const traffic = new Traffic({ clock, read, onError: (error) => errors.push(error) });
  await clock.advance(looks.length * SAMPLE_MS);
  return { clock, traffic, errors };
}

describe('the traffic of the status page', () => {
  it('is what was added to the histogram between two looks', async () => {
    const { traffic } = await watched([
      [counts('200', 10, 10, 10)],
      [counts('200', 10, 20, 20), counts('404', 1, 1, 1), counts('503', 0, 0, 2)],
    ]);
    assert.deepEqual(
      traffic.points.map(({ outcomes, seconds }) => ({ ...outcomes, seconds })),
      [
        { answered: 10, rejected: 0, failed: 0, seconds: 5 },
        { answered: 10, rejected: 1, failed: 2, seconds: 5 },
      ],
    );
    assert.equal(traffic.points[0]?.latency?.p50, 5);
    // The 7th of 13 is the 6th of the 10 between 10 and 100 ms.
    assert.equal(Math.round(traffic.points[1]?.latency?.p50 ?? 0), Math.round(10 + (90 * 5.5) / 10));
  });

  it('has percentiles that never go beyond the longest request', async () => {
    const { traffic } = await watched([[counts('200', 0, 0, 4, 0.3)]]);
    assert.ok(traffic.points[0]!.latency!.p99 <= 300);
  });

  it('puts the last points together for a longer time', async () => {
    const { traffic } = await watched([[counts('200', 1, 1, 1)], [counts('200', 3, 3, 3)], [counts('200', 3, 3, 7)]]);
    const { outcomes, seconds } = traffic.window(2 * SAMPLE_MS);
    assert.deepEqual({ outcomes, seconds }, { outcomes: { answered: 6, rejected: 0, failed: 0 }, seconds: 10 });
  });

  it('has no latency where nobody asked, and keeps five minutes', async () => {
    const { traffic } = await watched(Array.from({ length: 70 }, () => [counts('200', 5, 5, 5)]));
    assert.equal(traffic.points.length, 60);
    assert.equal(traffic.points.at(-1)?.latency, null);
    assert.equal(traffic.window(60_000).latency, null);
  });

  it('goes on after a look that failed, whose time the next point has as well', async () => {
    const { traffic, errors, clock } = await watched([[counts('200', 1, 1, 1)]]);
    await clock.advance(SAMPLE_MS);
    assert.match(String(errors), /no more looks/);
    assert.equal(traffic.points.length, 1);
    assert.equal(clock.pendingTimers, 1);
  });

  it('leaves no timer when stopped', async () => {
    const { traffic, clock } = await watched([[]]);
    traffic.stop();
    assert.equal(clock.pendingTimers, 0);
  });
});
