import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { busyFor, fastestOfFive } from '../support/busy.ts';
import { Pair } from '../support/pair.ts';
import { until } from '../support/process.ts';
import { analysisRequest, analyze, send, upload } from '../support/requests.ts';

let pair: Pair;
before(async () => {
  pair = await Pair.start();
});
after(() => pair.stop());

describe("the README's request", () => {
  it('runs at least eight estimators, skips the others with a reason, and covers the known effect', async () => {
    const { status, body } = await analyze(pair.gatewayUrl, analysisRequest());
    assert.equal(status, 200);
    const ok = body.results.filter((each) => each.status === 'ok');
    assert.ok(ok.length >= 8, ok.map(({ name }) => name).join(', '));
    for (const each of body.results) {
      if (each.status === 'skipped') assert.ok(each.reason.length > 10, `${each.name}: ${each.reason}`);
      assert.notEqual(each.status, 'failed', JSON.stringify(each));
    }
    const { body: dataset } = await send<{ description: string }>(`${pair.gatewayUrl}/api/datasets/test`);
    const truth = Number(/effect[^0-9-]*(-?\d+(?:\.\d+)?)/i.exec(dataset.description)?.[1]);
    assert.ok(Number.isFinite(truth), `the description tells the known effect: ${dataset.description}`);
    const aipw = ok.find(({ name }) => name === 'aipw')!;
    assert.ok(aipw.ci_lower! <= truth && truth <= aipw.ci_upper!, `${truth} in [${aipw.ci_lower}, ${aipw.ci_upper}]`);
    assert.equal(body.decision, null);
    assert.ok(body.decision_reason.length > 10);
  });

  it('gives the same bytes again, written differently or asked by id', async () => {
    const first = await analyze(pair.gatewayUrl, analysisRequest({ seed: 5 }));
    const again = await analyze(pair.gatewayUrl, analysisRequest({ seed: 5 }));
    const list = [
      { role: 'unit_id', column: 'id' },
      { role: 'treatment', column: 'w' },
      { role: 'y', column: 'y' },
    ];
    const differently = await analyze(pair.gatewayUrl, { options: { alpha: 0.05, seed: 5 }, mapping: list, dataset_id: 'test' });
    const stored = await send(`${pair.gatewayUrl}/api/analyses/${first.body.analysis_id}`);
    for (const answer of [again, differently, stored]) assert.equal(answer.text, first.text);
  });

  it('serves every figure and a report', async () => {
    const { body } = await analyze(pair.gatewayUrl, analysisRequest());
    assert.deepEqual(body.figures.map(({ name }) => name).sort(), [
      'estimator_forest_plot',
      'love_plot',
      'propensity_overlap',
      'weights',
    ]);
    for (const { url } of body.figures) {
      const figure = await send(`${pair.gatewayUrl}${url}`);
      assert.equal(figure.status, 200);
      assert.match(figure.headers.get('content-type') ?? '', /^image\/svg\+xml/);
      assert.match(figure.text, /^<svg /);
    }
    const report = await send(`${pair.gatewayUrl}${body.report_url}`);
    assert.match(report.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(report.text, /<html lang="en"/);
  });

  it('runs on an upload, and not after it is deleted', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i},${i % 2},${i % 2 ? 3 + (i % 7) : 1 + (i % 5)}`);
    const id = await upload(pair.gatewayUrl, `id,w,y\n${rows.join('\n')}\n`);
    const body = { dataset_id: id, mapping: { y: 'y', treatment: 'w', unit_id: 'id' } };
    assert.equal((await analyze(pair.gatewayUrl, body)).status, 200);
    assert.equal((await send(`${pair.gatewayUrl}/api/datasets/${id}`, { method: 'DELETE' })).status, 204);
    const gone = await analyze(pair.gatewayUrl, { ...body, options: { seed: 2 } });
    assert.equal(gone.status, 404);
    assert.equal(gone.body.code, 'dataset_not_found');
  });

  it('answers what this version does not have with 501 and the reason', async () => {
    const { body } = await analyze(pair.gatewayUrl, analysisRequest());
    const paths = [
      `/api/analyses/${body.analysis_id}/events`,
      '/api/jobs/1',
      `/api/analyses/${body.analysis_id}/figures/love_plot.png`,
    ];
    for (const path of paths) {
      const answer = await send(`${pair.gatewayUrl}${path}`);
      assert.equal(answer.status, 501, path);
      assert.equal(answer.body.code, 'not_available');
    }
    const async = await analyze(pair.gatewayUrl, analysisRequest(), { prefer: 'respond-async' });
    assert.equal(async.status, 501);
  });

  it('describes itself in /openapi.json and /docs', async () => {
    const openapi = await send<{ openapi: string; paths: Record<string, unknown> }>(`${pair.gatewayUrl}/openapi.json`);
    assert.match(openapi.body.openapi, /^3\.1/);
    for (const path of ['/api/analyze/comprehensive', '/api/datasets/{id}', '/api/resilience', '/health/ready'])
      assert.ok(path in openapi.body.paths, path);
    assert.equal((await send(`${pair.gatewayUrl}/docs/`)).status, 200);
  });
});

describe('a result stored before a SIGKILL', () => {
  it('is served after the restart', async () => {
    const { body, text } = await analyze(pair.gatewayUrl, analysisRequest({ seed: 11 }));
    pair.engine.kill('SIGKILL');
    await pair.engine.exited;
    await pair.startEngine();
    const stored = await send(`${pair.gatewayUrl}/api/analyses/${body.analysis_id}`);
    assert.equal(stored.status, 200);
    assert.equal(stored.text, text);
    assert.equal((await send(`${pair.gatewayUrl}${body.figures[0]!.url}`)).status, 200);
  });
});

describe('a client that hangs up on the gateway', () => {
  it("frees the engine's worker within 50 ms", async () => {
    const active = async () => Number(/^worker_active_jobs (\d+)/m.exec((await send(`${pair.engineUrl}/metrics`)).text)?.[1]);
    const fastest = await fastestOfFive(50, async () => {
      const hangUp = new AbortController();
      const pending = analyze(pair.gatewayUrl, analysisRequest({ bootstrap: 100_000, figures: false }), {}, hangUp.signal);
      pending.catch(() => undefined);
      await until('the worker to be busy', async () => (await active()) === 1);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.equal(await active(), 1, 'the analysis takes longer than a second');
      hangUp.abort();
      const busyMs = await busyFor(async () => (await active()) !== 0);
      await assert.rejects(pending);
      return busyMs;
    });
    assert.ok(fastest < 50, `busy for ${fastest.toFixed(0)} ms`);
    await until('the gateway to log it', () => pair.gateway.output.includes('"http.response.status_code":499'));
  });
});
