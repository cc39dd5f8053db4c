/** Figures, report and API page as a browser shows them, fetched through the gateway. */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser } from 'playwright-core';
import { browserAvailable, startBrowser } from '../support/browser.ts';
import { Pair } from '../support/pair.ts';
import { analysisRequest, analyze } from '../support/requests.ts';
import { requireServer } from '../support/require-server.ts';

type Reply = Awaited<ReturnType<typeof analyze>>['body'];

describe('in a browser', () => {
  let pair: Pair;
  let browser: Browser | undefined;
  let reply: Reply;
  before(async () => {
    if (browserAvailable() !== true) return;
    [browser, pair] = await Promise.all([startBrowser(), Pair.start()]);
    reply = (await analyze(pair.gatewayUrl, analysisRequest())).body;
  });
  after(async () => {
    await browser?.close();
    await pair?.stop();
  });

  /** @param until 'networkidle' for a page that asks for more when it has loaded; it waits half a second for that */
  async function open(
    t: TestContext,
    path: string,
    { colorScheme = 'light', until = 'load' }: { colorScheme?: 'light' | 'dark'; until?: 'load' | 'networkidle' } = {},
  ) {
    if (!requireServer(t, 'Chromium', browserAvailable()) || browser === undefined) return undefined;
    const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 } });
    const complaints: string[] = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on(
      'request',
      (request) =>
        !request.url().startsWith(pair.gatewayUrl) &&
        !/^(data|blob):/.test(request.url()) &&
        complaints.push(`requested ${request.url()}`),
    );
    await page.goto(`${pair.gatewayUrl}${path}`, { waitUntil: until });
    return { page, complaints };
  }

  for (const name of ['estimator_forest_plot', 'love_plot', 'propensity_overlap', 'weights']) {
    it(`${name} is drawn in light and in dark, without a complaint`, async (t) => {
      const { url } = reply?.figures.find((figure) => figure.name === name) ?? { url: '' };
      const pictures: string[] = [];
      for (const scheme of ['light', 'dark'] as const) {
        const opened = await open(t, url, { colorScheme: scheme });
        if (opened === undefined) return;
        assert.deepEqual(opened.complaints, []);
        assert.ok(await opened.page.evaluate('document.documentElement.getBBox().width > 100'));
        pictures.push((await opened.page.screenshot()).toString('base64'));
        await opened.page.close();
      }
      assert.notEqual(pictures[0], pictures[1], 'the two schemes look different');
    });
  }

  it('the forest plot shows the estimates and intervals of the reply', async (t) => {
    const opened = await open(t, reply?.figures.find(({ name }) => name === 'estimator_forest_plot')?.url ?? '');
    if (opened === undefined) return;
    const drawn = (await opened.page.$$eval('[data-name][data-estimate]', (nodes) =>
      nodes.map((node) => ({ ...(node as unknown as { dataset: Record<string, string> }).dataset })),
    )) as Record<string, string>[];
    const ok = reply.results.filter((result) => result.status === 'ok');
    assert.equal(drawn.length, ok.length);
    for (const each of ok) {
      const datum = drawn.find(({ name }) => name === each.name);
      assert.deepEqual(
        [datum?.estimate, datum?.ciLower, datum?.ciUpper].map(Number),
        [each.estimate, each.ci_lower, each.ci_upper],
        each.name,
      );
    }
    await opened.page.close();
  });

  it('the love plot shows the differences of the reply', async (t) => {
    const opened = await open(t, reply?.figures.find(({ name }) => name === 'love_plot')?.url ?? '');
    if (opened === undefined) return;
    const drawn = (await opened.page.$$eval('[data-name][data-before]', (nodes) =>
      nodes.map((node) => ({ ...(node as unknown as { dataset: Record<string, string> }).dataset })),
    )) as Record<string, string>[];
    for (const row of reply.diagnostics.balance as { column: string; smd_pooled: number; smd_weighted_ate: number }[]) {
      const datum = drawn.find(({ name }) => name === row.column);
      assert.deepEqual([datum?.before, datum?.after].map(Number), [row.smd_pooled, row.smd_weighted_ate], row.column);
    }
    await opened.page.close();
  });

  it('the report opens without scripts, outside assets or complaints', async (t) => {
    const opened = await open(t, reply?.report_url ?? '');
    if (opened === undefined) return;
    assert.deepEqual(opened.complaints, []);
    assert.equal(await opened.page.locator('h1').count(), 1);
    assert.equal(await opened.page.locator('svg[role=img]').count(), reply.figures.length);
    await opened.page.close();
  });

  it('the API page lists the routes without outside assets', async (t) => {
    const opened = await open(t, '/docs/', { until: 'networkidle' });
    if (opened === undefined) return;
    await opened.page.getByText('Estimate the effect of a treatment').first().waitFor({ timeout: 20_000 });
    assert.deepEqual(
      opened.complaints.filter((each) => each.startsWith('requested')),
      [],
    );
    await opened.page.close();
  });
});
