import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { type AnalysisStore, SqlUnavailable } from '@penstock/store';
import { README_REQUEST, TestEngine } from '../support/engine.ts';
import { recordingTracing } from '../support/recording-tracing.ts';

/** A store that takes nothing until it is told to. */
function reluctantStore() {
  const kept = new Map<string, { body: Buffer; figures: Readonly<Record<string, string>>; report?: string }>();
  const state = { away: true, kept };
  const store = {
    get: async (id) => {
      const found = kept.get(id);
      return found && { body: found.body, createdAt: new Date(0) };
    },
    put: async (id, body, figures, report) => {
      if (state.away) throw new SqlUnavailable('the connection was lost');
      kept.set(id, { body, figures, ...(report !== undefined && { report }) });
    },
    figure: async (id, name) => kept.get(id)?.figures[name],
    figureNames: async (id) => Object.keys(kept.get(id)?.figures ?? {}).sort(),
    report: async (id) => kept.get(id)?.report,
  } as AnalysisStore;
  return { state, store };
}

describe('a finished analysis that the database does not take', () => {
  const engines: TestEngine[] = [];
  after(() => Promise.all(engines.map((engine) => engine.stop())));

  it('is answered 503, and stored without being computed again once the database is back', async () => {
    const { tracing, spans } = recordingTracing();
    const { state, store } = reluctantStore();
    const engine = await TestEngine.start({}, tracing, { analyses: store });
    engines.push(engine);
    const computed = () => spans.filter(({ name }) => name === 'estimator ols').length;

    for (let attempt = 1; attempt <= 3; attempt++) {
      const { status, body } = await engine.analyze(README_REQUEST);
      assert.equal(status, 503);
      assert.equal(body.code, 'storage_unavailable');
      assert.equal(computed(), 1, 'the retries found what the first attempt had computed');
    }
    state.away = false;
    const answer = await engine.analyze(README_REQUEST);
    assert.equal(answer.status, 200);
    assert.equal(computed(), 1);
    const stored = state.kept.get(answer.body.analysis_id);
    assert.equal(stored?.body.toString(), answer.text);
    assert.ok(Object.keys(stored?.figures ?? {}).length > 0);
    assert.match(stored?.report ?? '', /<html/);
  });
});
