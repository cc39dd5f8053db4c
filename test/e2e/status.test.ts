/** The status page as a browser shows it, while the engine and the gateway go and come back. */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { browserAvailable, startBrowser } from '../support/browser.ts';
import { faintText } from '../support/faint-text.ts';
import { type Jaeger, type JaegerTrace, jaegerAvailable, spansNamed, startJaeger } from '../support/jaeger.ts';
import { Pair } from '../support/pair.ts';
import { until } from '../support/process.ts';
import { analysisRequest, analyze } from '../support/requests.ts';
import { requireServer } from '../support/require-server.ts';

const FAINT_TEXT = faintText('body *:not(script):not(noscript)');

const WAIT = { timeout: 30_000 };

describe('the status page in a browser', () => {
  let pair: Pair;
  let browser: Browser | undefined;
  let jaeger: Jaeger | undefined;
  let seed = 0;
  before(async () => {
    if (browserAvailable() !== true) return;
    if (jaegerAvailable() === true) jaeger = await startJaeger();
    const tracing: Record<string, string> = jaeger === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlp };
    const jaegerUi = jaeger?.queryUrl ?? 'http://127.0.0.1:16686';
    const gatewayEnv = { ...tracing, RETRY_BASE_MS: '10', JAEGER_UI_URL: jaegerUi, DRAIN_PROPAGATION_MS: '0' };
    [browser, pair] = await Promise.all([startBrowser(), Pair.start({ engineEnv: tracing, gatewayEnv })]);
    await ask();
  });
  after(async () => {
    await browser?.close();
    await pair?.stop();
    await jaeger?.stop();
  });

  const ask = () => analyze(pair.gatewayUrl, analysisRequest({ seed: ++seed, figures: false }));

  async function open(t: TestContext, width: number, options: BrowserContextOptions = {}) {
    if (!requireServer(t, 'Chromium', browserAvailable()) || browser === undefined) return undefined;
    const context = await browser.newContext({ viewport: { width, height: 800 }, ...options });
    t.after(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => !request.url().startsWith(pair.gatewayUrl) && complaints.push(`requested ${request.url()}`));
    await page.goto(`${pair.gatewayUrl}/status`);
    return { page, complaints };
  }

  const sideways = async (page: Page): Promise<number> => Number(await page.evaluate('document.documentElement.scrollWidth'));

  // Each has a page of its own, and waits for seconds.
  describe('as it is opened', { concurrency: true }, () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [375, 1280]) {
        it(`in ${colorScheme} at ${width} px: live, no complaint, nothing sticks out, all in contrast`, async (t) => {
          const opened = await open(t, width, { colorScheme });
          if (opened === undefined) return;
          const { page, complaints } = opened;
          const first = await page.textContent('#as-of');
          await until('an update', async () => (await page.textContent('#as-of')) !== first);
          assert.equal(await page.textContent('#mode'), 'live');
          assert.ok((await sideways(page)) <= width, 'the page scrolls sideways');
          assert.deepEqual(await page.evaluate(FAINT_TEXT), []);
          assert.deepEqual(complaints, []);
        });
      }
    }

    it('without scripts it is a snapshot with everything in it', async (t) => {
      const opened = await open(t, 375, { javaScriptEnabled: false });
      if (opened === undefined) return;
      assert.match((await opened.page.textContent('#mode')) ?? '', /read again every 5 s/);
      assert.match((await opened.page.textContent('#requests')) ?? '', /POST \/api\/analyze\/comprehensive/);
      const reloaded = await opened.page.waitForEvent('framenavigated', WAIT);
      assert.equal(reloaded.url(), `${pair.gatewayUrl}/status`);
    });
  });

  it('the link of a request leads to its trace in Jaeger', async (t) => {
    if (!requireServer(t, 'Jaeger', jaegerAvailable()) || jaeger === undefined) return;
    const opened = await open(t, 1280);
    if (opened === undefined) return;
    const { page } = opened;
    const answer = await ask();
    const traceId = answer.headers.get('traceparent')?.split('-')[1] ?? '';
    await jaeger.fetchTrace(traceId, { minSpans: 8, withinMs: 20_000 });
    await page.click(`#requests a[title="${traceId}"]`);
    await page.waitForURL(`${jaeger.queryUrl}/trace/${traceId}`, WAIT);
    // What Jaeger's page shows is what it asks for here. A binary without the page's assets answers that all the same.
    const shown = (await page.evaluate(
      'fetch("/api" + location.pathname.replace("trace", "traces")).then((reply) => reply.json())',
    )) as {
      data: JaegerTrace[];
    };
    const [trace] = shown.data;
    assert.equal(trace?.traceID, traceId);
    assert.equal(spansNamed(trace, 'POST /api/analyze/comprehensive').length, 3, 'of the gateway, its attempt, the engine');
    assert.equal(spansNamed(trace, 'INSERT').length, 1);
  });

  it('focus stays where it was while the section around it is renewed', async (t) => {
    const opened = await open(t, 1280);
    if (opened === undefined) return;
    const { page } = opened;
    await page.focus('#requests-table');
    const first = await page.textContent('#requests');
    await ask();
    await until('the request to be shown', async () => (await page.textContent('#requests')) !== first);
    assert.equal(await page.evaluate('document.activeElement.id'), 'requests-table');
  });

  it('shows the breaker open when the engine is killed, and closed when it is back, without loading again', async (t) => {
    const pages = [await open(t, 375), await open(t, 1280)].filter((each) => each !== undefined);
    if (pages.length < 2) return;
    for (const { page } of pages) await page.evaluate('globalThis.sameDocument = true');
    pair.engine.kill('SIGKILL');
    await pair.engine.exited;
    for (let n = 0; n < 6; n++) assert.equal((await ask()).status, 503);
    for (const { page } of pages) {
      await page.waitForSelector('#verdict .fail', WAIT);
      assert.match((await page.textContent('#verdict')) ?? '', /Calls are refused: the circuit of engine is open/);
      assert.match((await page.textContent('#engines')) ?? '', /circuit open.*open – calls failed in a row/s);
      await page.waitForSelector('#requests td.failed >> text=503 circuit_open', WAIT);
      assert.ok((await sideways(page)) <= (page.viewportSize()?.width ?? 0));
      assert.deepEqual(await page.evaluate(FAINT_TEXT), []);
    }
    await pair.startEngine();
    for (const { page } of pages) {
      while ((await page.textContent('#engines .chip')) !== 'circuit closed') await ask();
      await page.waitForSelector('#verdict .pass', WAIT);
      assert.equal(await page.evaluate('globalThis.sameDocument'), true);
    }
  });

  it('says that the gateway shut down, or that the connection is lost, and goes on once it is back', async (t) => {
    const opened = await open(t, 375);
    if (opened === undefined) return;
    const { page } = opened;
    for (const [signal, words] of [
      ['SIGTERM', /^The gateway shut down at [\d:]+ UTC\. Below is what was known then; trying again\.$/],
      ['SIGKILL', /^Connection to the gateway lost at [\d:]+ UTC\./],
    ] as const) {
      await page.waitForSelector('#lost', { state: 'hidden', ...WAIT });
      await until('the page to be live', async () => (await page.textContent('#mode')) === 'live');
      pair.gateway.kill(signal);
      await page.waitForSelector('#lost', { state: 'visible', ...WAIT });
      assert.match((await page.textContent('#lost')) ?? '', words);
      assert.equal(await page.textContent('#mode'), 'not connected');
      assert.deepEqual(await page.evaluate(FAINT_TEXT), []);
      await pair.gateway.exited;
      await pair.startGateway();
    }
    await page.waitForSelector('#lost', { state: 'hidden', ...WAIT });
    assert.equal(await page.textContent('#mode'), 'live');
  });
});
