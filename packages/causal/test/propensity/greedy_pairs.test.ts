import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { greedyPairs } from '../../src/propensity/greedy_pairs.ts';

const noCheck = () => undefined;

/** The rule as the documentation states it, one comparison after the other. */
function byTheBook(scores: Float64Array, treatment: Float64Array): [number, number][] {
  const rows = [...scores.keys()];
  const treated = rows.filter((row) => treatment[row] === 1).sort((a, b) => scores[b]! - scores[a]! || a - b);
  const free = rows.filter((row) => treatment[row] === 0);
  const pairs: [number, number][] = [];
  for (const row of treated) {
    if (free.length === 0) break;
    const distances = free.map((other) => Math.abs(scores[other]! - scores[row]!));
    const nearest = distances.indexOf(Math.min(...distances));
    pairs.push([row, free[nearest]!]);
    free.splice(nearest, 1);
  }
  return pairs;
}

test('pairs equal those of the plain quadratic search, many ties included', () => {
  // Few distinct scores, so that most choices are ties on one side or between both.
  const rows = fc.array(fc.record({ score: fc.integer({ min: 1, max: 9 }), treated: fc.boolean() }), {
    minLength: 2,
    maxLength: 60,
  });
  fc.assert(
    fc.property(rows, (drawn) => {
      const scores = Float64Array.from(drawn, ({ score }) => score / 10);
      const treatment = Float64Array.from(drawn, ({ treated }) => (treated ? 1 : 0));
      const { treated, control } = greedyPairs(scores, treatment, noCheck);
      assert.deepEqual(
        [...treated].map((row, k) => [row, control[k]]),
        byTheBook(scores, treatment),
      );
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('no control is used twice and the treated of highest score come first', () => {
  const scores = Float64Array.of(0.9, 0.2, 0.8, 0.7, 0.1);
  const { treated, control } = greedyPairs(scores, Float64Array.of(1, 1, 0, 1, 0), noCheck);
  assert.deepEqual([...treated], [0, 3]);
  assert.deepEqual([...control], [2, 4]);
});

test('two hundred thousand rows are matched in well under the time of a quadratic search', () => {
  const n = 200_000;
  const scores = Float64Array.from({ length: n }, (_, i) => ((i * 7919) % n) / n);
  const treatment = Float64Array.from({ length: n }, (_, i) => ((i * 31) % 100 < 40 ? 1 : 0));
  let checks = 0;
  const { treated, control } = greedyPairs(scores, treatment, () => {
    checks++;
  });
  assert.equal(treated.length, 80_000);
  assert.equal(new Set(control).size, 80_000);
  assert.ok(checks > 50, 'a request given up is noticed while matching');
});
