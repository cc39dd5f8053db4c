import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { README_REQUEST, TestEngine } from '../support/engine.ts';
import { recordingTracing } from '../support/recording-tracing.ts';

describe('the trace of an analysis', () => {
  const { tracing, spans } = recordingTracing();
  let engine: TestEngine;
  before(async () => {
    engine = await TestEngine.start({}, tracing);
  });
  after(() => engine.stop());

  it('has cache, columns, queue, each estimator, figures and insert under the server span', async () => {
    assert.equal((await engine.analyze(README_REQUEST)).status, 200);
    const server = spans.find(({ name }) => name === 'POST /api/analyze/comprehensive');
    assert.ok(server !== undefined);
    const inside = spans.filter(({ parent }) => parent === server.id);
    const names = inside.map(({ name }) => name);
    for (const name of [
      'CACHE GET',
      'SELECT',
      'load columns',
      'queue wait',
      'estimator ols',
      'estimator aipw',
      'figures',
      'INSERT',
    ]) {
      assert.ok(names.includes(name), `${name} in ${names.join(', ')}`);
    }
    for (const { name, startMs, endMs } of inside) {
      // Both threads read one clock; a millisecond for the rounding of each thread's origin.
      assert.ok(
        startMs >= server.startMs - 1 && startMs <= endMs && endMs <= server.endMs + 1,
        `${name}: ${startMs} to ${endMs}`,
      );
    }
    const aipw = inside.find(({ name }) => name === 'estimator aipw');
    assert.equal(aipw?.attributes['penstock.estimator.status'], 'ok');
    assert.equal(inside.length, spans.length - 1, 'every span has the server span as its parent');
  });

  it('says on the server span which attempt of the gateway it belongs to, where that is told', async () => {
    for (const [given, told] of [
      ['2', 2],
      ['second', undefined],
      ['0', undefined],
    ] as const) {
      spans.length = 0;
      await engine.analyze(README_REQUEST, { 'penstock-attempt': given });
      assert.equal(spans.at(-1)?.name, 'POST /api/analyze/comprehensive');
      assert.equal(spans.at(-1)?.attributes['penstock.attempt'], told, given);
    }
  });

  it('has the cache alone for what is in it', async () => {
    spans.length = 0;
    await engine.analyze(README_REQUEST);
    assert.deepEqual(
      spans.map(({ name }) => name),
      ['CACHE GET', 'POST /api/analyze/comprehensive'],
    );
    assert.equal(spans[0]?.attributes['penstock.cache.result'], 'hit');
  });
});
