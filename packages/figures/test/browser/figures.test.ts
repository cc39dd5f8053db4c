import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figures } from '../../src/index.ts';
import { NO_BROWSER, open } from '../support/browser.ts';
import { WORLDS } from '../support/worlds.ts';
import { INSPECT, type Inspection } from './inspect.ts';

const CHECKED = Object.entries(WORLDS).flatMap(([world, make]) => figures.map((figure) => ({ world, figure, input: make() })));

for (const scheme of ['light', 'dark'] as const) {
  test(`in ${scheme}, every figure of every world is legible`, { skip: NO_BROWSER }, async (t) => {
    const { page, complaints } = await open('<!doctype html><body style="margin:0"></body>', scheme);
    for (const { world, figure, input } of CHECKED) {
      await t.test(`${world}: ${figure.name} keeps its text apart, inside and in contrast`, async () => {
        await page.setContent(`<!doctype html><body style="margin:0">${figure.draw(input)}</body>`);
        const seen = (await page.evaluate(INSPECT)) as Inspection;
        assert.ok(seen.texts > 5);
        assert.deepEqual(seen.outside, [], 'text outside of the picture');
        assert.deepEqual(seen.overlapping, [], 'overlapping text');
        assert.deepEqual(seen.covered, [], 'text over marks');
        assert.deepEqual(seen.faint, [], 'text with a contrast below 4.5');
        assert.deepEqual(seen.faintMarks, [], 'marks with a contrast below 3');
        assert.equal(seen.dark, scheme === 'dark');
      });
    }
    assert.deepEqual(complaints, []);
  });
}

test('every figure is well-formed XML, with hostile names kept as text', { skip: NO_BROWSER }, async () => {
  const { page, complaints } = await open('<!doctype html><body></body>', 'light');
  for (const { world, figure, input } of CHECKED) {
    const parsed = `(() => {
      const xml = new DOMParser().parseFromString(${JSON.stringify(figure.draw(input))}, 'image/svg+xml');
      return { error: xml.querySelector('parsererror')?.textContent ?? null, scripts: xml.querySelectorAll('script').length };
    })()`;
    assert.deepEqual(await page.evaluate(parsed), { error: null, scripts: 0 }, `${world} ${figure.name}`);
  }
  await page.setContent(figures.map((figure) => figure.draw(WORLDS.awkward!())).join(''));
  assert.equal(await page.evaluate('globalThis.hurt'), undefined);
  assert.deepEqual(complaints, []);
});

test('figures on one page keep their own style', { skip: NO_BROWSER }, async () => {
  const { page } = await open(figures.map((figure) => figure.draw(WORLDS.study!())).join(''), 'light');
  const duplicates = await page.evaluate(
    `(() => { const ids = [...document.querySelectorAll('[id]')].map((e) => e.id); return ids.length - new Set(ids).size; })()`,
  );
  assert.equal(duplicates, 0);
});
