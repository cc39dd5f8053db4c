import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@penstock/clock';
import { HourlyStatistics, KEPT_HOURS } from '../../src/metrics/hourly.ts';

const HOUR_MS = 3_600_000;

test('an hour tells its requests, how they ended, and how long they took', () => {
  const hours = new HourlyStatistics(new FakeClock(Date.UTC(2030, 0, 1, 10, 59)));
  hours.request(200, 10);
  hours.request(304, 20);
  hours.request(499, 60);
  hours.request(503, 30);
  hours.error('overloaded');
  assert.deepEqual(hours.summaries(), [
    {
      hour: '2030-01-01T10:00:00.000Z',
      requests: 4,
      success: 2,
      failed: 1,
      by_status: { 200: 1, 304: 1, 499: 1, 503: 1 },
      by_error: { overloaded: 1 },
      duration_ms: { avg: 30, min: 10, max: 60 },
    },
  ]);
});

test('only the last 24 hours are kept, and none is told after its time although nothing was asked since', async () => {
  const clock = new FakeClock();
  const hours = new HourlyStatistics(clock);
  for (let hour = 0; hour < 100; hour++) {
    hours.request(200, 1);
    await clock.advance(HOUR_MS);
  }
  assert.equal(hours.summaries().length, KEPT_HOURS - 1);
  await clock.advance((KEPT_HOURS - 2) * HOUR_MS);
  assert.deepEqual(hours.summaries().length, 1);
  await clock.advance(HOUR_MS);
  assert.deepEqual(hours.summaries(), []);
  assert.equal(clock.pendingTimers, 0);
});

test('hours without requests are left out; one with nothing but an error reply has no durations', async () => {
  const clock = new FakeClock();
  const hours = new HourlyStatistics(clock);
  hours.request(200, 1);
  await clock.advance(3 * HOUR_MS);
  hours.error('invalid_request');
  assert.deepEqual(
    hours.summaries().map(({ hour, duration_ms }) => [hour.slice(11, 13), duration_ms === null]),
    [
      ['00', false],
      ['03', true],
    ],
  );
});

test('a clock that is set back counts into the hour that was reached', async () => {
  let now = Date.UTC(2030, 0, 1, 12);
  const hours = new HourlyStatistics({ ...new FakeClock(), now: () => now, monotonic: () => now, timer: () => assert.fail() });
  hours.request(200, 1);
  now -= 2 * HOUR_MS;
  hours.request(200, 1);
  assert.deepEqual(
    hours.summaries().map(({ requests }) => requests),
    [2],
  );
});
