import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { AnalysisReply } from '@penstock/contracts';
import { Value } from 'typebox/value';
import { README_REQUEST, TestEngine } from '../support/engine.ts';

describe('POST /api/analyze/comprehensive', () => {
  let engine: TestEngine;
  before(async () => {
    engine = await TestEngine.start();
  });
  after(() => engine.stop());

  it("answers the README's request: at least 8 estimators ok, the known effect covered, the rest skipped with reasons", async () => {
    const { status, body } = await engine.analyze(README_REQUEST);
    assert.equal(status, 200);
    assert.deepEqual([...Value.Errors(AnalysisReply, body)], []);
    const ok = body.results.filter((each) => each.status === 'ok');
    assert.ok(ok.length >= 8);
    const aipw = ok.find(({ name }) => name === 'aipw');
    assert.ok(aipw !== undefined && (aipw.ci_lower ?? 9) <= 2 && (aipw.ci_upper ?? 0) >= 2);
    const others = body.results.filter((each) => each.status !== 'ok');
    assert.ok(others.every((each) => each.status === 'skipped' && each.reason.length > 5));
    assert.ok(others.some((each) => each.status === 'skipped' && each.reason === "no column has the role 'instruments'"));
    assert.equal(body.figures.length, 4);
    assert.deepEqual([body.dataset.rows, body.dataset.rows_used], [800, 800]);
    assert.equal(body.options.alpha, 0.05);
    assert.equal(body.decision, null);
  });

  it('gives equal bytes for the same bytes, for another way of writing, and computes once', async () => {
    const first = await engine.analyze({ ...README_REQUEST, options: { seed: 21 } });
    const counts = async () => ({
      exact: await engine.metric('semcache_hits_total{type="exact"}'),
      semantic: await engine.metric('semcache_hits_total{type="semantic"}'),
      misses: await engine.metric('semcache_misses_total'),
      computed: await engine.metric('estimator_outcomes_total{estimator="aipw",result="ok"}'),
    });
    const before = await counts();
    const exact = await engine.analyze({ ...README_REQUEST, options: { seed: 21 } });
    assert.match(String(exact.headers['cache-status']), /hit; detail=exact/);
    const written = {
      options: { alpha: 0.05, seed: 21 },
      mapping: [
        { role: 'unit_id', column: 'id' },
        { role: 'treatment', column: 'w' },
        { role: 'y', column: 'y' },
      ],
      dataset_id: 'test',
    };
    const semantic = await engine.analyze(written);
    assert.match(String(semantic.headers['cache-status']), /hit; detail=semantic/);
    assert.match(String((await engine.analyze(written)).headers['cache-status']), /hit; detail=exact/);
    assert.equal(exact.text, first.text);
    assert.equal(semantic.text, first.text);
    const after = await counts();
    assert.deepEqual(after, {
      exact: before.exact + 2,
      semantic: before.semantic + 1,
      misses: before.misses,
      computed: before.computed,
    });
  });

  it('recognises the same content under another id, which alone differs in the reply', async () => {
    const csv = `id,y,w,x\n${Array.from({ length: 80 }, (_, i) => `${i},${(i % 7) + (i % 2)},${i % 2},${(i * 37) % 11}`).join('\n')}\n`;
    const [one, two] = [await engine.upload(csv), await engine.upload(csv)];
    assert.notEqual(one, two);
    const first = await engine.analyze({ ...README_REQUEST, dataset_id: one });
    const second = await engine.analyze({ ...README_REQUEST, dataset_id: two });
    assert.equal(first.status, 200);
    assert.match(String(second.headers['cache-status']), /hit; detail=semantic/);
    assert.equal(second.text, first.text.replace(`"id":"${one}"`, `"id":"${two}"`));
    assert.equal(second.body.dataset.id, two);
    const stored = await engine.send({ url: `/api/analyses/${second.body.analysis_id}` });
    assert.equal(stored.text, first.text);
  });

  it('computes simultaneous requests for one analysis once', async () => {
    const before = await engine.metric('estimator_outcomes_total{estimator="ols",result="ok"}');
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, i) =>
        engine.analyze({ ...README_REQUEST, options: { seed: 31, estimators: ['ols', ...Array(i).fill('ols')] } }),
      ),
    );
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.equal(await engine.metric('estimator_outcomes_total{estimator="ols",result="ok"}'), before + 1);
  });

  it('answers from the store what the cache has forgotten', async () => {
    const request = { ...README_REQUEST, options: { seed: 41 } };
    const first = await engine.analyze(request);
    await engine.deps.cache.close();
    const again = await engine.analyze(request);
    assert.match(String(again.headers['cache-status']), /fwd=miss; detail=stored/);
    assert.equal(again.text, first.text);
  });

  it('puts timings into Server-Timing and the load into Penstock-Load, not into the body', async () => {
    const { headers } = await engine.analyze({ ...README_REQUEST, options: { seed: 51 } });
    assert.match(String(headers['server-timing']), /load;dur=[\d.]+, queue;dur=[\d.]+, compute;dur=[\d.]+, store;dur=[\d.]+/);
    assert.match(String(headers['penstock-load']), /^active=\d+;queued=\d+;workers=2$/);
  });

  it('lists a planned estimator and figure that was asked for as skipped', async () => {
    const { body } = await engine.analyze({
      ...README_REQUEST,
      options: { estimators: ['tmle', 'ols'], figures: ['event_study'] },
    });
    assert.deepEqual(
      body.results.map(({ name, status }) => [name, status]),
      [
        ['ols', 'ok'],
        ['tmle', 'skipped'],
      ],
    );
    assert.deepEqual(body.figures, []);
    assert.deepEqual(body.figures_skipped, [{ name: 'event_study', reason: 'not available in this version' }]);
  });

  it('handles missing values, text, other scripts and repeated units: the retail sample', async () => {
    const { status, body } = await engine.analyze({
      dataset_id: 'mini_retail',
      mapping: { y: '売上', treatment: 'キャンペーン', unit_id: '店舗ID' },
    });
    assert.equal(status, 200);
    assert.ok(body.dataset.rows_used < body.dataset.rows);
    assert.ok(body.notes.some((note) => /rows left out because of missing values/.test(note)));
    assert.ok(body.results.some(({ status: each }) => each === 'ok'));
    // What fails says which data are to blame.
    assert.ok(body.results.every((each) => each.status !== 'failed' || !each.error.includes('unexpected')));
  });

  it('draws figures and counts them', async () => {
    const before = await engine.metric('drawing_success_total{figure="love_plot"}');
    await engine.analyze({ ...README_REQUEST, options: { seed: 61 } });
    assert.equal(await engine.metric('drawing_success_total{figure="love_plot"}'), before + 1);
    assert.equal(await engine.metric('drawing_queue_size'), 0);
    assert.equal(await engine.metric('worker_active_jobs'), 0);
    assert.equal(await engine.metric('job_queue_depth'), 0);
    assert.ok((await engine.metric('processing_time_per_10k_rows_seconds_sum')) > 0);
    assert.ok((await engine.metric('sign_consensus_ratio_count')) > 0);
    assert.ok((await engine.metric('data_health_score_count')) > 0);
    assert.ok((await engine.metric('quality_gate_checks_total{gate="overlap",result="pass"}')) > 0);
  });

  it('answers 504 when the deadline passes while computing, and frees the worker', async () => {
    const slow = { ...README_REQUEST, options: { bootstrap: 100_000 } };
    const began = performance.now();
    const { status, body } = await engine.analyze(slow, { 'penstock-deadline-ms': '200' });
    const took = performance.now() - began;
    assert.equal(status, 504);
    assert.equal(body.code, 'deadline_exceeded');
    assert.ok(took < 1000, `${took} ms`);
    while ((await engine.metric('worker_active_jobs')) > 0) {
      assert.ok(performance.now() - began < took + 1000);
      await wait(5);
    }
  });

  it('refuses work whose deadline has passed, or is not a number', async () => {
    assert.equal((await engine.analyze(README_REQUEST, { 'penstock-deadline-ms': '0' })).status, 504);
    const { status, body } = await engine.analyze(README_REQUEST, { 'penstock-deadline-ms': 'soon' });
    assert.equal(status, 400);
    assert.equal(body.code, 'invalid_header');
  });

  it('does not answer from the cache for a data set that is gone', async () => {
    const id = await engine.upload('y,w\n1,0\n2,1\n3,0\n5,1\n4,0\n7,1\n');
    const request = { dataset_id: id, mapping: { y: 'y', treatment: 'w' } };
    assert.equal((await engine.analyze(request)).status, 200);
    assert.equal((await engine.send({ method: 'DELETE', url: `/api/datasets/${id}` })).status, 204);
    const { status, body } = await engine.analyze(request);
    assert.equal(status, 404);
    assert.equal(body.code, 'dataset_not_found');
  });

  it('has the same bytes on another engine, whatever the number of workers', async () => {
    const request = { ...README_REQUEST, options: { seed: 3, bootstrap: 25 } };
    const other = await TestEngine.start({ WORKERS: '1' });
    try {
      assert.equal((await other.analyze(request)).text, (await engine.analyze(request)).text);
    } finally {
      await other.stop();
    }
  });
});
