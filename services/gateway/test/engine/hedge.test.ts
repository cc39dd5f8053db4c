import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProblemError } from '@penstock/contracts';
import type { Engine } from '../../src/engine/engine.ts';
import { type Answer, GateWorld, refuses, reply } from '../support/gate-world.ts';

const late = { HEDGE_DELAY_MS: '100', RETRY_BUDGET_PER_SECOND: '0', RETRY_BUDGET_PER_SUCCESS: '0' };

/** Answers after so many milliseconds; obeys its signal. */
const after =
  (ms: number, at: GateWorld, status = 200): Answer =>
  ({ signal }) =>
    new Promise((resolve, reject) => {
      const timer = at.clock.timer(ms, () => resolve(reply(status)));
      signal.addEventListener(
        'abort',
        () => {
          timer.cancel();
          reject(signal.reason);
        },
        { once: true },
      );
    });

/** The first attempt takes a second, the hedge 10 ms. */
const slowFirst =
  (at: GateWorld, signals: AbortSignal[] = []): Answer =>
  (attempt, engine) => {
    signals.push(attempt.signal);
    return after(attempt.hedge === true ? 10 : 1000, at)(attempt, engine);
  };

const heard = (at: GateWorld): string[][] => at.of('breaker_call').map(({ name, status }) => [name, status]);

describe('Hedge -> Breaker -> Retry of each engine', () => {
  it('a late read is asked for at the other engine; the loser is aborted and neutral to its breaker', async () => {
    const at = new GateWorld(2, late);
    const signals: AbortSignal[] = [];
    at.answer = slowFirst(at, signals);
    const call = at.call({ hedge: 'anywhere' });
    await at.clock.advance(110);
    assert.equal((await call).status, 200);
    assert.deepEqual(
      at.sent.map(({ engine, at: when, attempt }) => [engine, when, attempt]),
      [
        ['engine-2', 0, 1],
        ['engine-1', 100, 1],
      ],
    );
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, false],
    );
    assert.deepEqual(heard(at), [
      ['engine-1', 'success'],
      ['engine-2', 'neutral'],
    ]);
    assert.equal(at.engines.budget.tokens, 99);
    assert.deepEqual(
      at.of('attempt_started').map(({ name, attempt, hedge }) => [name, attempt, hedge]),
      [
        ['engine-2', 1, undefined],
        ['engine-1', 1, true],
      ],
    );
    assert.deepEqual(
      at.of('call_finished').map(({ outcome, attempts }) => [outcome, attempts]),
      [['success', 1]],
    );
    assert.equal(at.clock.pendingTimers, 0);
    for (const { concurrency, bulkhead } of at.engines.all) {
      assert.deepEqual([concurrency.snapshot().inFlight, bulkhead.snapshot().inFlight], [0, 0]);
    }
    await at.close();
  });

  it('the hedge that loses is aborted and neutral, however long it took', async () => {
    const at = new GateWorld(2, late);
    at.answer = (attempt, engine) => after(attempt.hedge === true ? 60_000 : 30_000, at)(attempt, engine);
    const call = at.call({ hedge: 'elsewhere' });
    await at.clock.advance(30_000);
    assert.equal((await call).status, 200);
    assert.deepEqual(heard(at).toSorted(), [
      ['engine-1', 'neutral'],
      ['engine-2', 'success'],
    ]);
    assert.equal(at.of('hedge_finished')[0]?.won, 'first');
    assert.equal(at.clock.pendingTimers, 0);
    await at.close();
  });

  it('an attempt that lost after a long time is no hang that its client gave up', async () => {
    const at = new GateWorld(2, { ...late, HEDGE_DELAY_MS: '20000' });
    at.answer = (attempt, engine) => after(attempt.hedge === true ? 10 : 100_000, at)(attempt, engine);
    const call = at.call({ hedge: 'anywhere' });
    await at.clock.advance(20_010);
    await call;
    assert.deepEqual(heard(at), [
      ['engine-1', 'success'],
      ['engine-2', 'neutral'],
    ]);
    await at.close();
  });

  it('with one engine a read is asked for there again, and its breaker hears one outcome', async () => {
    const at = new GateWorld(1, late);
    at.answer = slowFirst(at);
    const call = at.call({ hedge: 'anywhere' });
    await at.clock.advance(110);
    assert.equal((await call).status, 200);
    assert.deepEqual(heard(at).toSorted(), [
      ['engine', 'neutral'],
      ['engine', 'success'],
    ]);
    await at.close();
  });

  it('with one engine both attempts failing is one failure', async () => {
    const at = new GateWorld(1, { ...late, RETRY_MODE: 'off' });
    at.answer = after(200, at, 503);
    const call = at.call({ hedge: 'anywhere' });
    await at.clock.advance(300);
    assert.equal((await call).status, 503);
    assert.equal(at.sent.length, 2);
    assert.equal(heard(at).filter(([, status]) => status === 'failure').length, 1);
    await at.close();
  });

  it('a refusal for good ends the race, whoever has it: the other attempt is aborted, and neutral', async () => {
    for (const [firstMs, hedgeMs, won] of [
      [150, 1000, 'first'],
      [1000, 50, 'second'],
    ] as const) {
      const at = new GateWorld(1, late);
      at.answer = (attempt, engine) => after(attempt.hedge === true ? hedgeMs : firstMs, at, 501)(attempt, engine);
      const call = at.call({ hedge: 'anywhere' });
      await at.clock.advance(150);
      assert.equal((await call).status, 501);
      assert.equal(at.of('hedge_finished')[0]?.won, won);
      await at.clock.advance(0);
      assert.deepEqual(heard(at).toSorted(), [
        ['engine', 'neutral'],
        ['engine', 'success'],
      ]);
      await at.close();
    }
  });

  it('an analysis is never hedged at the engine that computes it, nor what says nothing of hedges, nor batch work', async () => {
    for (const [engines, passage] of [
      [1, { hedge: 'elsewhere' }],
      [2, {}],
      [2, { hedge: 'anywhere', priority: 'batch' }],
    ] as const) {
      const at = new GateWorld(engines, { ...late, ATTEMPT_TIMEOUT_MODE: 'off', TOTAL_TIMEOUT_MODE: 'off' });
      let timers = 0;
      at.answer = (attempt, engine) => {
        timers = at.clock.pendingTimers;
        return after(1000, at)(attempt, engine);
      };
      const call = at.call(passage);
      assert.equal(timers, 0, 'what cannot be hedged needs no timer');
      await at.clock.advance(1000);
      await call;
      assert.equal(at.sent.length, 1);
      await at.close();
    }
  });

  describe('a trial of an engine whose breaker is half-open', () => {
    /** Of two engines the second one has failed; its break is over. */
    const halfOpen = async (): Promise<{ readonly at: GateWorld; readonly engine: Engine }> => {
      const at = new GateWorld(2, { ...late, BREAKER_OPEN_MS: '1000', BREAKER_PROBE_LEASE_MS: '5000' });
      const engine = at.engines.all[1] as Engine;
      await Promise.allSettled(
        Array.from({ length: 5 }, () => engine.pipeline.execute(() => refuses({} as never, {} as never), { totalMs: 1000 })),
      );
      await at.clock.advance(2000);
      assert.equal(engine.state, 'half_open');
      at.events.length = 0;
      return { at, engine };
    };

    it('is not hedged: two answers close the breaker, later than a hedge would have been', async () => {
      const { at, engine } = await halfOpen();
      at.answer = (attempt, to) => after(to === engine ? 300 : 10, at)(attempt, to);
      for (const trial of [1, 2]) {
        const call = at.call({ hedge: 'anywhere' });
        await at.clock.advance(1000);
        assert.equal((await call).status, 200);
        assert.deepEqual(heard(at).at(-1), [engine.id, 'success'], `trial ${trial}`);
      }
      assert.equal(engine.state, 'closed');
      assert.deepEqual(at.of('hedge_started'), []);
      await at.close();
    });

    it('is no hedge: it would be aborted where the late attempt is answered first', async () => {
      const { at, engine } = await halfOpen();
      const trial = at.call();
      await at.clock.advance(0);
      assert.equal((await trial).status, 200);
      at.answer = after(300, at);
      for (const [hedge, sent] of [
        ['elsewhere', ['engine-1']],
        ['anywhere', ['engine-1', 'engine-1']],
      ] as const) {
        at.sent.length = 0;
        const call = at.call({ hedge });
        await at.clock.advance(500);
        await call;
        assert.deepEqual(
          at.sent.map(({ engine: to }) => to),
          sent,
        );
      }
      assert.equal(engine.state, 'half_open');
      await at.close();
    });

    it('is hedged once its lease is over: by then it has failed', async () => {
      const { at, engine } = await halfOpen();
      at.answer = (attempt, to) => after(to === engine ? 60_000 : 10, at)(attempt, to);
      const call = at.call({ hedge: 'anywhere' });
      await at.clock.advance(5010);
      assert.equal((await call).status, 200);
      assert.deepEqual(
        at.of('hedge_started').map(({ delayMs }) => delayMs),
        [5000],
      );
      assert.equal(engine.state, 'open');
      assert.equal(at.of('breaker_transition').at(-1)?.because, 'probe_expired');
      await at.close();
    });
  });

  it('an engine whose breaker is open gets no hedge, and nothing is paid for it', async () => {
    const at = new GateWorld(2, { ...late, RETRY_MODE: 'off' });
    at.answer = after(1000, at);
    const call = at.call({ hedge: 'elsewhere' });
    const other = at.engines.all[0];
    await Promise.allSettled(
      Array.from({ length: 5 }, () => other?.pipeline.execute(() => refuses({} as never, {} as never), { totalMs: 1000 })),
    );
    assert.equal(other?.state, 'open');
    await at.clock.advance(1000);
    await call;
    assert.equal(at.sent.length, 1);
    assert.equal(at.engines.budget.tokens, 100);
    await at.close();
  });

  it('a hedge that fails or is refused decides nothing: the attempt is waited for', async () => {
    const at = new GateWorld(2, late);
    at.answer = (attempt, engine) => (attempt.hedge === true ? refuses : after(1000, at))(attempt, engine);
    const call = at.call({ hedge: 'anywhere' });
    await at.clock.advance(1000);
    assert.equal((await call).status, 200);
    assert.deepEqual(heard(at).toSorted(), [
      ['engine-1', 'failure'],
      ['engine-2', 'success'],
    ]);
    await at.close();
  });

  it('an empty budget starts no hedge', async () => {
    const at = new GateWorld(2, { ...late, RETRY_BUDGET_CAPACITY: '1' });
    at.answer = slowFirst(at);
    for (const expected of [110, 1110]) {
      const call = at.call({ hedge: 'anywhere' });
      await at.clock.advance(expected - at.at);
      await call;
      await at.clock.advance(0);
    }
    assert.equal(at.of('hedge_refused').length, 1);
    assert.equal(at.sent.length, 3);
    await at.close();
  });

  it('a client that goes ends both attempts', async () => {
    const at = new GateWorld(2, late);
    const signals: AbortSignal[] = [];
    at.answer = (attempt, engine) => {
      signals.push(attempt.signal);
      return after(1000, at)(attempt, engine);
    };
    const client = new AbortController();
    const call = assert.rejects(
      at.call({ hedge: 'anywhere', signal: client.signal }),
      ({ code }: ProblemError) => code === 'client_closed_request',
    );
    await at.clock.advance(200);
    client.abort();
    await call;
    await at.clock.advance(0);
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, true],
    );
    assert.deepEqual(heard(at).toSorted(), [
      ['engine-1', 'neutral'],
      ['engine-2', 'neutral'],
    ]);
    assert.equal(at.clock.pendingTimers, 0);
    await at.close();
  });

  it('waits at p97 of the route’s own answers, which a reload keeps', async () => {
    const at = new GateWorld(2, { HEDGE_MIN_SAMPLES: '20' });
    let ms = 20;
    at.answer = (attempt, engine) => after(ms, at)(attempt, engine);
    for (let i = 0; i < 20; i++) {
      const call = at.call({ hedge: 'anywhere' });
      await at.clock.advance(ms);
      await call;
    }
    at.engines.hedges.reload({ ...at.engines.hedges.options, minDelayMs: 5 });
    assert.equal(at.engines.hedges.of('/api/datasets').delayMs, 20);
    assert.equal(at.engines.hedges.of('/api/figures').delayMs, undefined);
    ms = 1000;
    const call = at.call({ hedge: 'anywhere' });
    await at.clock.advance(20);
    assert.equal(at.sent.length, 22);
    await at.clock.advance(2000);
    await call;
    await at.close();
  });

  it('in shadow mode tells, sends one attempt and takes no token', async () => {
    const at = new GateWorld(2, { ...late, HEDGE_MODE: 'shadow' });
    at.answer = slowFirst(at);
    const call = at.call({ hedge: 'anywhere' });
    await at.clock.advance(1000);
    await call;
    assert.deepEqual(
      at.of('hedge_started').map(({ shadow }) => shadow),
      [true],
    );
    assert.deepEqual([at.sent.length, at.engines.budget.tokens], [1, 100]);
    await at.close();
  });
});
