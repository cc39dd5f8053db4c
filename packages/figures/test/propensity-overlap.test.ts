import assert from 'node:assert/strict';
import { test } from 'node:test';
import { propensityOverlap } from '../src/propensity-overlap.ts';
import { close, scaleFromTicks, withClass } from './support/svg.ts';
import { study } from './support/worlds.ts';

const input = study();
const svg = propensityOverlap.draw(input);
const { scores, treated } = input.propensity!;
const bars = withClass(svg, 'datum').map(({ attributes }) => ({
  from: Number(attributes['data-from']),
  to: Number(attributes['data-to']),
  count: Number(attributes['data-count']),
  share: Number(attributes['data-share']),
  x: Number(attributes.x),
  y: Number(attributes.y),
  height: Number(attributes.height),
}));

test('every bar holds as many rows of its group as the data have between its edges', () => {
  const expected = [1, 0].flatMap((group) =>
    Array.from(
      { length: 20 },
      (_, bin) =>
        [...scores].filter((score, row) => treated[row] === group && Math.min(19, Math.floor(score * 20 + 1e-12)) === bin).length,
    ).filter((count) => count > 0),
  );
  assert.deepEqual(
    bars.map((bar) => bar.count),
    expected,
  );
  assert.equal(
    bars.reduce((total, bar) => total + bar.count, 0),
    scores.length,
  );
});

test('bars begin where the axis says and are as high as their share', () => {
  const at = scaleFromTicks(svg);
  const pixels = bars.filter((bar) => bar.height > 1).map((bar) => bar.height / bar.share);
  for (const bar of bars) assert.ok(close(bar.x, at(bar.from)));
  for (const ratio of pixels) assert.ok(Math.abs(ratio / pixels[0]! - 1) < 0.01);
});

test('the treated stand on the middle line and the controls hang from it', () => {
  const middle = Number(withClass(svg, 'datum').at(-1)!.attributes.y);
  const n = withClass(svg, 'bars').map((group) => group.attributes['data-group']);
  assert.deepEqual(n, ['treated', 'control']);
  const standing = bars.filter((bar) => close(bar.y + bar.height, middle));
  const hanging = bars.filter((bar) => close(bar.y, middle));
  assert.equal(standing.length + hanging.length, bars.length);
});

test('the common support goes from the greater least score to the lesser greatest one', () => {
  const of = (group: number) => [...scores].filter((_, row) => treated[row] === group);
  const low = Math.max(Math.min(...of(1)), Math.min(...of(0)));
  const high = Math.min(Math.max(...of(1)), Math.max(...of(0)));
  const { attributes } = withClass(svg, 'support')[0]!;
  assert.equal(attributes['data-low'], String(low));
  assert.equal(attributes['data-high'], String(high));
  const inside = [...scores].filter((score) => score >= low && score <= high).length;
  assert.equal(attributes['data-share'], String(inside / scores.length));
});

test('groups that do not meet are said to have no common support', () => {
  const apart = propensityOverlap.draw({
    ...input,
    propensity: { scores: Float64Array.of(0.1, 0.2, 0.8), treated: Float64Array.of(0, 0, 1), levels: ['no', 'yes'] },
  });
  assert.match(apart, /No common support/);
  assert.equal(withClass(apart, 'support').length, 0);
});
