import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimatorForestPlot } from '../src/estimator-forest-plot.ts';
import { close, placeOf, scaleFromTicks, withClass, within } from './support/svg.ts';
import { ESTIMATES, extremes, study } from './support/worlds.ts';

const numberOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text));

for (const input of [study(), extremes()]) {
  const svg = estimatorForestPlot.draw(input);

  test('every estimate carries its numbers in full', () => {
    const data = withClass(svg, 'datum').map(({ attributes }) => ({
      name: attributes['data-name'],
      estimate: numberOf(attributes['data-estimate']),
      ciLower: numberOf(attributes['data-ci-lower']),
      ciUpper: numberOf(attributes['data-ci-upper']),
    }));
    const wanted = input.estimates.map(({ name, estimate, ciLower, ciUpper }) => ({ name, estimate, ciLower, ciUpper }));
    const key = (row: { name: string | undefined }) => String(row.name);
    assert.deepEqual(
      data.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
      wanted.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
    );
  });

  test('marks and intervals lie where the ticks of the axis say', () => {
    const at = scaleFromTicks(svg);
    const [axis] = withClass(svg, 'axis');
    const [left, right] = [Number(axis!.attributes.x1), Number(axis!.attributes.x2)];
    for (const datum of withClass(svg, 'datum')) {
      const { attributes } = datum;
      assert.ok(close(placeOf(within(svg, datum, 'mark')!)[0], at(Number(attributes['data-estimate']))));
      const bar = within(svg, datum, 'interval');
      if (attributes['data-ci-lower'] === undefined) assert.equal(bar, undefined);
      else {
        assert.ok(close(Number(bar!.attributes.x1), Math.max(left, at(Number(attributes['data-ci-lower'])))));
        assert.ok(close(Number(bar!.attributes.x2), Math.min(right, at(Number(attributes['data-ci-upper'])))));
      }
    }
    assert.ok(close(Number(withClass(svg, 'zero')[0]!.attributes.x1), at(0)));
  });
}

test('estimates are grouped by estimand, known ones first, and shown as text', () => {
  const svg = estimatorForestPlot.draw(study());
  assert.deepEqual(
    withClass(svg, 'group').map((group) => group.attributes['data-estimand']),
    ['ATE', 'ATT', 'LATE', 'coefficient'],
  );
  assert.match(svg, />1\.90 \[1\.50, 2\.30\]</);
  assert.match(svg, />1\.710 \(no interval\)</);
});

test('an interval far wider than the others is cut with arrows and a note says so', () => {
  const svg = estimatorForestPlot.draw(study());
  assert.equal(withClass(svg, 'arrow').length, 2);
  assert.match(svg, /An arrow: the interval goes on/);
  const without = estimatorForestPlot.draw({ ...study(), estimates: ESTIMATES.filter((row) => row.name !== 'iv_2sls') });
  assert.equal(withClass(without, 'arrow').length, 0);
  assert.doesNotMatch(without, /An arrow/);
});
