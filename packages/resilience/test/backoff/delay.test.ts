import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Random, scriptedRandom, seededRandom } from '@penstock/clock';
import { backoffDelay, JITTERS, type Jitter } from '@penstock/resilience';
import fc from 'fast-check';

const shape = (jitter: Jitter) => ({ baseMs: 1000, factor: 2, maxMs: 5000, jitter });
const delays = (jitter: Jitter, random: Random): number[] => {
  let previous: number | undefined;
  return [1, 2, 3, 4].map((failed) => {
    previous = backoffDelay(shape(jitter), failed, previous, random);
    return previous;
  });
};

test('each jitter spreads the same exponential backoff in its own way', () => {
  assert.deepEqual(delays({ kind: 'none' }, scriptedRandom(0)), [1000, 2000, 4000, 5000]);
  assert.deepEqual(delays({ kind: 'proportional', ratio: 0.2 }, scriptedRandom(0)), [800, 1600, 3200, 4000]);
  assert.deepEqual(delays({ kind: 'equal' }, scriptedRandom(0.5)), [750, 1500, 3000, 3750]);
  assert.deepEqual(delays({ kind: 'full' }, scriptedRandom(0.5)), [500, 1000, 2000, 2500]);
  assert.deepEqual(delays({ kind: 'decorrelated' }, scriptedRandom(0.5)), [2000, 3500, 5000, 5000]);
});

test('proportional with 0.5 is 0.5 + random', () => {
  for (const chance of [0, 0.25, 0.999]) {
    const delay = backoffDelay(shape({ kind: 'proportional', ratio: 0.5 }), 1, undefined, scriptedRandom(chance));
    assert.ok(Math.abs(delay - 1000 * (0.5 + chance)) < 1e-9);
  }
});

const jitters: fc.Arbitrary<Jitter> = fc
  .tuple(fc.constantFrom(...JITTERS), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([kind, ratio]) => (kind === 'proportional' ? { kind, ratio } : { kind }));

test('no backoff is negative, above the cap (and the ratio), or below what its jitter promises', () => {
  const options = fc.record({
    baseMs: fc.integer({ min: 0, max: 10_000 }),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    extraMs: fc.integer({ min: 0, max: 100_000 }),
    jitter: jitters,
    failed: fc.integer({ min: 1, max: 400 }),
    seed: fc.integer(),
  });
  fc.assert(
    fc.property(options, ({ baseMs, factor, extraMs, jitter, failed, seed }) => {
      const maxMs = baseMs + extraMs;
      const random = seededRandom(seed);
      const previous = failed === 1 ? undefined : maxMs;
      const delay = backoffDelay({ baseMs, factor, maxMs, jitter }, failed, previous, random);
      const full = Math.min(baseMs * factor ** (failed - 1), maxMs);
      const ratio = jitter.kind === 'proportional' ? jitter.ratio : 0;
      const least = { none: full, proportional: full * (1 - ratio), equal: full / 2, full: 0, decorrelated: baseMs }[jitter.kind];
      assert.ok(delay >= least - 1e-6 && delay <= maxMs * (1 + ratio) + 1e-6, `${delay} for ${jitter.kind}`);
    }),
    { seed: 20_260, numRuns: 2000 },
  );
});
