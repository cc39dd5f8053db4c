import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type FigureInput, figures, plannedFigures } from '../src/index.ts';
import { elements } from './support/svg.ts';
import { study, WORLDS } from './support/worlds.ts';

const drawn = (input: FigureInput): readonly string[] =>
  figures.filter((figure) => figure.notApplicable(input) === undefined).map((figure) => figure.draw(input));

test('the names of figures and of planned figures are unique and fit for a path', () => {
  const names = [...figures, ...plannedFigures].map((figure) => figure.name);
  assert.deepEqual(
    figures.map((figure) => figure.name),
    ['estimator_forest_plot', 'love_plot', 'propensity_overlap', 'weights'],
  );
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.every((name) => /^[a-z][a-z0-9_]*$/.test(name)));
});

for (const [world, make] of Object.entries(WORLDS)) {
  test(`${world}: drawing twice gives the same bytes`, () => {
    assert.deepEqual(drawn(make()), drawn(make()));
  });

  test(`${world}: ids are unique across the figures of a page and rules stay within their figure`, () => {
    const svgs = drawn(make());
    const ids = svgs.flatMap((svg) => elements(svg).flatMap((element) => element.attributes.id ?? []));
    assert.equal(new Set(ids).size, ids.length);
    for (const svg of svgs) {
      const scope = elements(svg)[0]!.attributes.class!;
      const css = /<style>(.*?)<\/style>/s.exec(svg)![1]!.replace(/@media[^{]+\{/, '');
      const selectors = [...css.matchAll(/([^{}]+)\{/g)].map((match) => match[1]!);
      assert.ok(selectors.length > 10 && selectors.every((selector) => selector.startsWith(`.${scope}`)));
    }
  });

  test(`${world}: no number is NaN or infinite, and nothing of the data is markup`, () => {
    for (const svg of drawn(make())) {
      assert.doesNotMatch(svg, /NaN|Infinity|undefined"/);
      assert.doesNotMatch(svg, /<script|<\/text><script/i);
      assert.ok(elements(svg).every((element) => !('onload' in element.attributes)));
    }
  });
}

test('every figure has the role of an image, a title, and a description with the main values', () => {
  for (const figure of figures) {
    const svg = figure.draw(study());
    const root = elements(svg)[0]!.attributes;
    assert.equal(root.role, 'img');
    const [titleId, descId] = root['aria-labelledby']!.split(' ');
    assert.match(svg, new RegExp(`<title id="${titleId}">${figure.title}</title>`));
    const description = new RegExp(`<desc id="${descId}">([^<]+)</desc>`).exec(svg)![1]!;
    assert.ok(description.length > 80 && /\d/.test(description));
  }
});

test('what cannot be drawn says why', () => {
  const nothing: FigureInput = { outcome: 'y', treatment: 'w', alpha: 0.05, estimates: [] };
  for (const figure of figures) assert.match(figure.notApplicable(nothing) ?? '', /\w+ \w+/);
  const base = study(50);
  const reason = (name: string, input: Partial<FigureInput>) =>
    figures.find((figure) => figure.name === name)!.notApplicable({ ...base, ...input });
  const { scores, treated, levels } = base.propensity!;
  assert.match(reason('propensity_overlap', { propensity: { scores: scores.map(() => 2), treated, levels } })!, /from 0 to 1/);
  assert.match(
    reason('propensity_overlap', { propensity: { scores: scores.map(() => Number.NaN), treated, levels } })!,
    /not numbers/,
  );
  assert.match(reason('propensity_overlap', { propensity: { scores, treated: treated.map(() => 1), levels } })!, /empty/);
  assert.match(
    reason('propensity_overlap', { propensity: { scores, treated: treated.slice(1), levels } })!,
    /do not belong together/,
  );
  assert.match(reason('weights', { weights: { ...base.weights!, values: scores.map(() => 0) } })!, /every weight is 0/);
  assert.match(reason('weights', { weights: { ...base.weights!, essTreated: Number.NaN } })!, /not defined/);
  assert.match(reason('love_plot', { balance: [{ column: 'x', before: null, after: null }] })!, /no covariate/);
  assert.match(reason('estimator_forest_plot', { estimates: [{ ...base.estimates[0]!, estimate: 1e305 }] })!, /too large/);
});

test('any numbers and any names are drawn without NaN, or refused', () => {
  const number = fc.double({ noNaN: false });
  const nullable = fc.option(number, { nil: null });
  const name = fc.string({ unit: 'binary', maxLength: 30 });
  const estimate = fc.record({ name, title: name, estimand: name, estimate: number, ciLower: nullable, ciUpper: nullable });
  const input = fc.record({
    outcome: name,
    treatment: name,
    alpha: fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
    estimates: fc.array(estimate, { maxLength: 6 }),
    balance: fc.array(fc.record({ column: name, before: nullable, after: nullable }), { maxLength: 6 }),
  });
  fc.assert(
    fc.property(input, (given) => {
      for (const svg of drawn(given)) {
        for (const { attributes } of elements(svg)) {
          for (const key of ['x', 'y', 'x1', 'x2', 'y1', 'y2', 'd', 'width', 'height', 'transform', 'viewBox']) {
            assert.doesNotMatch(attributes[key] ?? '', /NaN|Infinity|e\+/);
          }
        }
      }
    }),
  );
});
