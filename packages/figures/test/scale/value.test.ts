import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linearScale, logScale, tickLabels } from '../../src/scale/value.ts';
import { textWidth } from '../../src/text.ts';

test('ticks are round numbers inside the domain, and the domain holds the extent', () => {
  const scale = linearScale([-0.37, 2.91], [100, 500]);
  assert.deepEqual(
    scale.ticks.map((tick) => tick.label),
    ['−0.5', '0.0', '0.5', '1.0', '1.5', '2.0', '2.5', '3.0'],
  );
  assert.deepEqual(scale.domain, [-0.5, 3]);
  assert.equal(scale.at(-0.5), 100);
  assert.equal(scale.at(3), 500);
});

test('an extent of one value gets room around it', () => {
  assert.deepEqual(linearScale([0, 0], [0, 100]).domain, [-1, 1]);
  assert.ok(linearScale([5, 5], [0, 100]).domain[0] < 5);
});

test('labels of large and small steps are powers of ten', () => {
  assert.deepEqual(tickLabels([0, 2e11, 1e12]), ['0', '2×10¹¹', '10¹²']);
  assert.deepEqual(tickLabels([0, 5e-12, 1e-11, 1.5e-11]), ['0', '5×10⁻¹²', '10⁻¹¹', '1.5×10⁻¹¹']);
  assert.deepEqual(tickLabels([0, 25, 50]), ['0', '25', '50']);
});

test('labels of ticks never touch, whatever the extent and the width', () => {
  const value = fc.double({ noNaN: true, min: -1e15, max: 1e15 });
  fc.assert(
    fc.property(value, value, fc.integer({ min: 80, max: 700 }), (a, b, width) => {
      const { ticks } = linearScale([Math.min(a, b), Math.max(a, b)], [0, width]);
      for (const [index, tick] of ticks.slice(1).entries()) {
        const before = ticks[index]!;
        assert.ok(tick.at - before.at > (textWidth(tick.label, 12) + textWidth(before.label, 12)) / 2);
      }
    }),
  );
});

test('a logarithmic axis has ticks at 1, 2, 5 over few powers and at powers over many', () => {
  const label = (low: number, high: number) => logScale([low, high], [0, 600]).ticks.map((tick) => tick.label);
  assert.deepEqual(label(1.003, 57.8), ['1', '2', '5', '10', '20', '50', '100']);
  assert.deepEqual(label(1e-12, 1e12).slice(-2), ['10⁹', '10¹²']);
});
