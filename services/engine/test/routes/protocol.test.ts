/** The engine's half of the protocol between gateway and engine. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { README_REQUEST, TestEngine } from '../support/engine.ts';
import { recordingTracing } from '../support/recording-tracing.ts';

const distinct = (seed: number, bootstrap = 0) => ({
  ...README_REQUEST,
  options: { seed, bootstrap, figures: false, estimators: ['aipw'] },
});
/** Long enough to be still running whenever it is looked at. */
const ENDLESS = 100_000;

/** A queue that a busy machine fills too late would be waited for for ever. */
async function until(isTrue: () => boolean): Promise<void> {
  const began = performance.now();
  while (!isTrue()) {
    assert.ok(performance.now() - began < 10_000, 'what was waited for has not come in 10 s');
    await wait(2);
  }
}

describe('what the gateway tells the engine about a call', () => {
  const { tracing, spans } = recordingTracing();
  let engine: TestEngine;
  before(async () => {
    engine = await TestEngine.start({ WORKERS: '1', WORKER_QUEUE: '4' }, tracing);
  });
  after(() => engine.stop());

  it('is on the span of the request: attempt, priority, idempotency key shortened', async () => {
    const key = 'k'.repeat(300);
    const { status } = await engine.analyze(distinct(1), {
      'penstock-attempt': '2',
      'penstock-priority': 'batch',
      'penstock-idempotency-key': key,
    });
    assert.equal(status, 200);
    const span = spans.find(({ name }) => name === 'POST /api/analyze/comprehensive');
    assert.equal(span?.attributes['penstock.attempt'], 2);
    assert.equal(span?.attributes['penstock.priority'], 'batch');
    const kept = String(span?.attributes['penstock.idempotency_key']);
    assert.ok(kept.startsWith('kkk') && kept.length < 200, kept);
  });

  for (const [name, value] of [
    ['penstock-priority', 'urgent'],
    ['penstock-attempt', '0'],
    ['penstock-attempt', '-1'],
    ['penstock-attempt', 'first'],
    ['penstock-attempt', '99999'],
  ] as const) {
    it(`is refused where it makes no sense: ${name}: ${value}`, async () => {
      const { status, body } = await engine.analyze(distinct(2), { [name]: value });
      assert.equal(status, 400);
      assert.equal(body.code, 'invalid_header');
      assert.equal(body.errors?.[0]?.field, `header:${name}`);
      assert.equal(body.errors?.[0]?.received, value);
    });
  }

  it('decides who is computed first: interactive before batch', async () => {
    const { body } = await engine.send<{ checks: unknown }>({ url: '/health' });
    assert.ok(body.checks);
    const blocker = engine.analyze(distinct(10, ENDLESS), { 'penstock-deadline-ms': '1500' });
    await until(() => engine.deps.pool.load.active > 0);
    const ended: string[] = [];
    const ask = async (seed: number, priority: string) => {
      const answer = await engine.analyze(distinct(seed), { 'penstock-priority': priority });
      assert.equal(answer.status, 200, answer.text);
      ended.push(priority);
    };
    const batch = ask(11, 'batch');
    await until(() => engine.deps.pool.load.queued >= 1);
    const interactive = ask(12, 'interactive');
    await until(() => engine.deps.pool.load.queued >= 2);
    await Promise.all([batch, interactive]);
    assert.equal((await blocker).status, 504);
    assert.deepEqual(ended, ['interactive', 'batch']);
  });

  it('is answered with the true load, on every reply, also of a refusal', async () => {
    const load = async () => String((await engine.send({ url: '/health/live' })).headers['penstock-load']);
    assert.equal(await load(), 'active=0;queued=0;workers=1');
    const running = Array.from({ length: 5 }, (_, i) =>
      engine.analyze(distinct(20 + i, ENDLESS), { 'penstock-deadline-ms': '1500' }),
    );
    await until(() => engine.deps.pool.load.queued >= 4 && engine.deps.pool.load.active >= 1);
    assert.equal(await load(), 'active=1;queued=4;workers=1');
    const refused = await engine.analyze(distinct(30));
    assert.equal(refused.status, 503);
    assert.equal(refused.body.code, 'overloaded');
    assert.equal(refused.body.layer, 'admission');
    assert.equal(refused.headers['penstock-load'], 'active=1;queued=4;workers=1');
    assert.equal(
      refused.headers['proxy-status'],
      'engine; error=destination_unavailable; details="admission: overloaded (priority=interactive, inFlight=5, limit=5)"',
    );
    assert.equal(await engine.metric('shed_total{reason="concurrency",priority="interactive"}'), 1);
    // What is told is the pool's estimate, in whole seconds.
    const estimate = Math.max(1, Math.ceil(engine.deps.pool.estimatedWaitS));
    assert.equal(refused.headers['retry-after'], String(estimate));
    assert.ok((await Promise.all(running)).every(({ status }) => status === 504));
    // A thread that does not listen is ended after its callers were answered.
    await until(() => engine.deps.pool.load.active === 0);
    assert.equal(await load(), 'active=0;queued=0;workers=1');
  });

  it('counts the same analysis asked for ten times at once as one', async () => {
    const computed = () => engine.metric('estimator_outcomes_total{estimator="aipw",result="ok"}');
    const earlier = await computed();
    const answers = await Promise.all(Array.from({ length: 10 }, () => engine.analyze(distinct(40, 20))));
    assert.ok(answers.every(({ status, text }) => status === 200 && text === answers[0]?.text));
    assert.equal(await computed(), earlier + 1);
    assert.equal(await engine.metric('coalesced_total'), 9);
    assert.ok((await engine.metric('concurrency_limit{limit_name="workers"}')) > 0);
  });
});
