import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lovePlot } from '../src/love-plot.ts';
import { close, placeOf, scaleFromTicks, withClass, within } from './support/svg.ts';
import { extremes, HOSTILE, manyColumns, study } from './support/worlds.ts';

for (const input of [study(), extremes()]) {
  test('every column carries its signed differences in full, and its marks lie at their absolute values', () => {
    const svg = lovePlot.draw(input);
    const at = scaleFromTicks(svg);
    const data = withClass(svg, 'datum');
    assert.equal(data.length, input.balance!.length);
    for (const datum of data) {
      const row = input.balance!.find((other) => other.column === datum.attributes['data-name'])!;
      for (const key of ['before', 'after'] as const) {
        const mark = within(svg, datum, `mark-${key}`);
        assert.equal(datum.attributes[`data-${key}`], row[key] === null ? undefined : String(row[key]));
        if (row[key] === null) assert.equal(mark, undefined);
        else assert.ok(close(placeOf(mark!)[0], at(Math.abs(row[key]))));
      }
    }
    assert.ok(close(Number(withClass(svg, 'threshold')[0]!.attributes.x1), at(0.1)));
  });
}

test('columns are sorted by imbalance, those without a difference last', () => {
  const names = withClass(lovePlot.draw(study()), 'datum').map((datum) => datum.attributes['data-name']);
  assert.deepEqual(names, ['black', 'age', 'married', 're74', 'educ', 're75', 'hispan', 'nodegree']);
});

test('of 200 columns the 40 most imbalanced are shown, and the figure says so', () => {
  const svg = lovePlot.draw(manyColumns(200));
  assert.equal(withClass(svg, 'datum').length, 40);
  assert.match(svg, /The 40 most imbalanced of 200 columns are shown\./);
  assert.doesNotMatch(lovePlot.draw(manyColumns(40)), /most imbalanced/);
});

test('the height grows with the rows', () => {
  const height = (columns: number) => Number(/ height="(\d+)"/.exec(lovePlot.draw(manyColumns(columns)))![1]);
  assert.equal(height(30) - height(10), height(25) - height(5));
  assert.ok(height(30) > height(10));
});

test('a long name is cut and shown in full on pointing, a hostile one stays text', () => {
  const column = `${HOSTILE[0]}${'x'.repeat(300)}`;
  const svg = lovePlot.draw({ ...study(), balance: [{ column, before: 0.5, after: null }] });
  assert.equal(withClass(svg, 'datum')[0]!.attributes['data-name'], column);
  assert.match(svg, /<title>&#60;\/text&#62;.*x{300}<\/title>/);
  assert.doesNotMatch(svg, /<script/);
});

test('without weighted differences only the rings are drawn and the figure says so', () => {
  const svg = lovePlot.draw({ ...study(), balance: [{ column: 'a', before: 0.5, after: null }] });
  assert.equal(withClass(svg, 'mark-after').length, 0);
  assert.match(svg, /no weighted differences/);
});
