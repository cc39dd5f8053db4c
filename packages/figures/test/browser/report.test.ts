import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faintText } from '../../../../test/support/faint-text.ts';
import { figures, renderReport } from '../../src/index.ts';
import { NO_BROWSER, open } from '../support/browser.ts';
import { emptyReply, hostileReply, reply } from '../support/replies.ts';
import { awkward, study } from '../support/worlds.ts';

const svgs = (input = study()) => Object.fromEntries(figures.map((figure) => [figure.name, figure.draw(input)]));
const PAGES = {
  full: renderReport(reply(), svgs()),
  empty: renderReport(emptyReply(), {}),
  hostile: renderReport(hostileReply(), svgs(awkward())),
};

for (const scheme of ['light', 'dark'] as const) {
  for (const width of [360, 1100]) {
    for (const [name, document] of Object.entries(PAGES)) {
      test(`${name} report in ${scheme} at ${width} px: no complaint, nothing runs, nothing sticks out, all in contrast`, {
        skip: NO_BROWSER,
      }, async () => {
        const { page, complaints } = await open(document, scheme, width);
        assert.equal(await page.evaluate('globalThis.hurt'), undefined);
        assert.equal(await page.evaluate('document.scripts.length'), 0);
        assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= width, 'the page scrolls sideways');
        assert.deepEqual(await page.evaluate(faintText('main *:not(svg *)')), []);
        assert.deepEqual(complaints, []);
      });
    }
  }
}

test('the policy of the page stops a script that was put in after all', { skip: NO_BROWSER }, async () => {
  const { page } = await open(PAGES.full.replace('</main>', '<script>globalThis.hurt = 1</script></main>'), 'light');
  assert.equal(await page.evaluate('globalThis.hurt'), undefined);
});

test('ids are unique and every link of the contents has its target', { skip: NO_BROWSER }, async () => {
  const { page } = await open(PAGES.full, 'light');
  const found = await page.evaluate(`(() => {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    const dangling = [...document.querySelectorAll('a')].filter((a) => !document.querySelector(a.getAttribute('href'))).length;
    return { duplicates: ids.length - new Set(ids).size, dangling };
  })()`);
  assert.deepEqual(found, { duplicates: 0, dangling: 0 });
});

test('headings go down one level at a time, beneath one main heading', { skip: NO_BROWSER }, async () => {
  const { page } = await open(PAGES.full, 'light');
  const levels = (await page.evaluate(`[...document.querySelectorAll('h1,h2,h3')].map((h) => Number(h.tagName[1]))`)) as number[];
  assert.equal(levels.filter((level) => level === 1).length, 1);
  for (const [index, level] of levels.slice(1).entries()) assert.ok(level - levels[index]! <= 1);
});

test('on paper the page is light, folded parts are open and the contents are gone', { skip: NO_BROWSER }, async () => {
  const { page } = await open(PAGES.full, 'dark');
  await page.emulateMedia({ media: 'print' });
  const seen = await page.evaluate(`({
    ground: getComputedStyle(document.body).backgroundColor,
    figure: getComputedStyle(document.querySelector('rect.surface')).fill,
    nav: getComputedStyle(document.querySelector('nav')).display,
    folded: [...document.querySelectorAll('details table')].every((table) => table.getBoundingClientRect().height > 0),
  })`);
  assert.deepEqual(seen, { ground: 'rgb(255, 255, 255)', figure: 'rgb(255, 255, 255)', nav: 'none', folded: true });
});
