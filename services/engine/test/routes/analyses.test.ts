import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Answer, README_REQUEST, TestEngine } from '../support/engine.ts';

describe('what the engine serves besides analysing', () => {
  let engine: TestEngine;
  let answer: Answer;
  before(async () => {
    engine = await TestEngine.start();
    answer = await engine.analyze(README_REQUEST);
  });
  after(() => engine.stop());
  const url = (rest = '') => `/api/analyses/${answer.body.analysis_id}${rest}`;

  it('stored analyses are served as they were answered, for ever, and not again to who has them', async () => {
    const { status, text, headers } = await engine.send({ url: url() });
    assert.equal(status, 200);
    assert.equal(text, answer.text);
    assert.match(String(headers['cache-control']), /immutable/);
    const again = await engine.send({ url: url(), headers: { 'if-none-match': String(headers.etag) } });
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
  });

  it('serves figures and report under a policy that loads and runs nothing', async () => {
    for (const [path, type] of [
      [answer.body.figures[0]?.url ?? '', /^image\/svg\+xml/],
      [answer.body.report_url, /^text\/html/],
    ] as const) {
      const { status, headers, text } = await engine.send({ url: path });
      assert.equal(status, 200);
      assert.match(String(headers['content-type']), type);
      assert.match(String(headers['content-security-policy']), /^default-src 'none'/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.ok(text.length > 1000);
    }
  });

  it('names what an analysis has when asked for what it has not', async () => {
    const figure = await engine.send({ url: url('/figures/event_study.svg') });
    assert.equal(figure.status, 404);
    assert.equal(figure.body.code, 'figure_not_found');
    assert.match(figure.body.detail, /it has: estimator_forest_plot, love_plot/);
    for (const path of [
      '/api/analyses/nope',
      `/api/analyses/${'0'.repeat(64)}`,
      '/api/analyses/nope/report.html',
      '/api/analyses/nope/figures/love_plot.svg',
    ]) {
      const { status, body } = await engine.send({ url: path });
      assert.equal(status, 404, path);
      assert.equal(body.code, 'analysis_not_found');
    }
  });

  it('says what a later version brings', async () => {
    for (const path of [url('/figures/love_plot.png'), url('/events'), '/api/jobs/1']) {
      const { status, body } = await engine.send({ url: path });
      assert.equal(status, 501, path);
      assert.equal(body.code, 'not_available');
    }
    const { status, body } = await engine.analyze(README_REQUEST, { prefer: 'wait=5, respond-async' });
    assert.equal(status, 501);
    assert.match(body.detail, /respond-async/);
  });

  it('tells estimators and figures, available and planned', async () => {
    type Entries = { available: boolean; name: string; docs?: string | null; treatment?: string | null }[];
    const estimators = await engine.send<{ estimators: Entries }>({ url: '/api/estimators' });
    assert.ok(estimators.body.estimators.filter(({ available }) => available).length >= 11);
    assert.ok(estimators.body.estimators.some(({ available, docs }) => !available && docs === null));
    for (const { name, available, treatment } of estimators.body.estimators) {
      assert.equal(treatment !== null, available, `${name}: what treatment it takes is told once it exists`);
    }
    const figures = await engine.send<{ figures: Entries }>({ url: '/api/figures' });
    assert.deepEqual(
      figures.body.figures.filter(({ available }) => available).map(({ name }) => name),
      ['estimator_forest_plot', 'love_plot', 'propensity_overlap', 'weights'],
    );
  });

  it('leaves readiness to database and workers', async () => {
    const { status, body } = await engine.send<{ status: string; checks: { name: string; ok: boolean }[] }>({
      url: '/health/ready',
    });
    assert.equal(status, 200);
    assert.deepEqual(
      body.checks.map(({ name, ok }) => [name, ok]),
      [
        ['database', true],
        ['workers', true],
        ['cache', true],
      ],
    );
  });
});
