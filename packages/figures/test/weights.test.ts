import assert from 'node:assert/strict';
import { test } from 'node:test';
import { weights } from '../src/weights.ts';
import { close, elements, scaleFromTicks, withClass } from './support/svg.ts';
import { extremes, study } from './support/worlds.ts';

test('every row is in one bar of its group', () => {
  const input = study();
  const bars = withClass(weights.draw(input), 'datum').filter((datum) => datum.tag === 'rect');
  const total = bars.reduce((sum, bar) => sum + Number(bar.attributes['data-count']), 0);
  assert.equal(total, input.weights!.values.length);
});

test('effective sample sizes are carried in full and drawn as shares of the rows', () => {
  const input = study();
  const svg = weights.draw(input);
  const data = withClass(svg, 'datum').filter((datum) => datum.attributes['data-ess'] !== undefined);
  assert.deepEqual(
    data.map((datum) => Number(datum.attributes['data-ess'])),
    [input.weights!.essTreated, input.weights!.essControl],
  );
  const whole = elements(svg).find((element) => element.attributes.class === 'band')!;
  for (const [index, bar] of withClass(svg, 'ess-bar').entries()) {
    const { attributes } = data[index]!;
    const share = Number(attributes['data-ess']) / Number(attributes['data-rows']);
    assert.ok(close(Number(bar.attributes.width), share * Number(whole.attributes.width)));
  }
});

for (const [kind, input] of [
  ['linear', study()],
  ['log', extremes()],
] as const) {
  test(`bars begin where the ${kind} axis says`, () => {
    const svg = weights.draw(input);
    const at = scaleFromTicks(svg, kind);
    for (const bar of withClass(svg, 'datum').filter((datum) => datum.tag === 'rect')) {
      assert.ok(close(Number(bar.attributes.x), at(Number(bar.attributes['data-from']))));
    }
    assert.equal(svg.includes('logarithmic'), kind === 'log');
  });
}

test('rows of weight 0, which a logarithmic axis cannot hold, are counted in words', () => {
  assert.match(weights.draw(extremes()), /Treated: 3 rows, largest weight 1\.00×10¹²; 1 of weight 0 not drawn/);
});

test('equal weights are drawn around their value', () => {
  const { treated } = study(50).weights!;
  const svg = weights.draw({ ...study(50), weights: { values: treated.map(() => 1), treated, essTreated: 20, essControl: 30 } });
  const bars = withClass(svg, 'datum').filter((datum) => datum.tag === 'rect');
  assert.equal(bars.length, 2);
  for (const bar of bars) assert.ok(Number(bar.attributes['data-from']) <= 1 && Number(bar.attributes['data-to']) >= 1);
});
