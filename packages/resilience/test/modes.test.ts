import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { PipelineOptions } from '@penstock/resilience';
import { down, failCalls, finish, hang, held, ok, type Reply, script, status, type World, watch, world } from './world.ts';

const shadow = { mode: 'shadow' } as const;
const off = { mode: 'off' } as const;
const decisions = (at: World) => at.of('shadow_decision').map(({ policy, would, reason }) => [policy, would, reason].join(' '));
const slow = (at: World, ms: number) => async (): Promise<Reply> => {
  await new Promise<void>((resolve) => void at.clock.timer(ms, resolve));
  return { status: 200 };
};

suite('a breaker in shadow mode', () => {
  test('goes through its states, tells what it would have refused, and refuses nothing', async () => {
    const at = world({ breaker: shadow });
    await failCalls(at, 6);
    assert.equal(at.pipeline.snapshot().breaker.state, 'open');
    assert.equal(at.of('breaker_transition')[0]?.shadow, true);
    assert.deepEqual(decisions(at), ['breaker refuse breaker_open']);
    assert.deepEqual(
      at.of('breaker_call').map(({ status, stale, epoch, probe }) => [status, stale, epoch, probe]),
      [...Array.from({ length: 5 }, () => ['failure', false, 0, false]), ['failure', true, 1, false]],
    );
    assert.equal((await finish(at, at.call(ok))).value().status, 200);
  });

  test('hears only those calls that it would have let through', async () => {
    const at = world({ breaker: { ...shadow, openMs: 1000, probes: 1 } });
    await failCalls(at, 5);
    await finish(at, at.call(ok));
    await finish(at, at.call(ok));
    assert.equal(at.pipeline.snapshot().breaker.state, 'open', 'nobody would have been let through');
    await at.clock.advance(1000);
    const probe = held();
    watch(at.call(probe.run));
    await at.clock.advance(0);
    for (let each = 0; each < 3; each++) await finish(at, at.call(ok));
    assert.equal(at.pipeline.snapshot().breaker.state, 'half_open', 'one probe is out: the others would have been refused');
    probe.succeed();
    await at.clock.advance(0);
    await finish(at, at.call(ok));
    assert.equal(at.pipeline.snapshot().breaker.state, 'closed');
  });

  test('lets retries go on and tells that it would have stopped them', async () => {
    const at = world({ breaker: shadow });
    const waiting = at.call(script(down, ok).run);
    await at.clock.advance(0);
    await failCalls(at, 5);
    assert.equal((await finish(at, waiting)).value().status, 200);
    assert.deepEqual(decisions(at), ['breaker stop_retrying breaker_open']);
  });
});

suite('a breaker that is off', () => {
  test('admits everyone, counts nothing and has no event', async () => {
    const at = world({ breaker: off });
    await failCalls(at, 200);
    const { state, consecutiveFailures, evidence } = at.pipeline.snapshot().breaker;
    assert.deepEqual([state, consecutiveFailures, evidence.volume], ['closed', 0, 0]);
    assert.deepEqual(at.of('breaker_call'), []);
    assert.equal(at.of('call_finished').length, 200);
  });
});

suite('a retry', () => {
  test('in shadow mode makes one attempt and tells the retry that it would have made', async () => {
    const at = world({ retry: shadow });
    const engine = script(down);
    await finish(at, at.call(engine.run));
    assert.equal(engine.count(), 1);
    assert.deepEqual(decisions(at), ['retry retry ECONNREFUSED']);
    assert.equal(at.of('retry_refused')[0]?.because, 'attempts');
    assert.equal(at.pipeline.snapshot().budget.tokens, 100, 'no token is taken for it');
  });

  test('in shadow mode tells nothing where it would not have retried', async () => {
    for (const [options, call, operation] of [
      [{ retry: shadow }, { maxAttempts: 1 }, down],
      [{ retry: { ...shadow, attempts: 1 } }, {}, down],
      [{ retry: shadow }, { totalMs: 500 }, down],
      [{ retry: shadow }, {}, status(501)],
      [{ retry: shadow }, {}, ok],
    ] satisfies [PipelineOptions, object, typeof down][]) {
      const at = world(options);
      await finish(at, at.call(operation, call));
      assert.deepEqual(decisions(at), []);
    }
  });

  test('that is off makes one attempt', async () => {
    const at = world({ retry: off });
    const engine = script(down);
    await finish(at, at.call(engine.run));
    assert.equal(engine.count(), 1);
    assert.deepEqual(decisions(at), []);
  });
});

suite('an attempt timeout', () => {
  test('in shadow mode cuts nothing and tells what it would have cut', async () => {
    const at = world({ timeout: { ...shadow, attemptMs: 100 } });
    await finish(at, at.call(slow(at, 99)));
    assert.deepEqual(decisions(at), []);
    assert.equal((await finish(at, at.call(slow(at, 100)))).value().status, 200);
    assert.deepEqual(decisions(at), ['timeout cut timeout']);
  });

  test('that is off leaves the total in force', async () => {
    const at = world({ timeout: { ...off, attemptMs: 100 } });
    const before = at.clock.monotonic();
    await finish(at, at.call(hang, { totalMs: 5000 }));
    assert.equal(at.clock.monotonic() - before, 5000);
    assert.equal(at.of('deadline_exceeded').length, 1);
  });
});

suite('a deadline', () => {
  test('in shadow mode cuts nothing and tells what it would have cut', async () => {
    const at = world({ deadline: shadow });
    assert.equal((await finish(at, at.call(slow(at, 600), { totalMs: 500 }))).value().status, 200);
    assert.deepEqual(decisions(at), ['deadline cut deadline']);
    await finish(at, at.call(ok, { totalMs: 500 }));
    assert.deepEqual(decisions(at), ['deadline cut deadline', 'deadline refuse deadline'], 'the floor latency is 600 ms');
    assert.deepEqual(at.of('deadline_exceeded'), []);
  });

  test('that is off is not there: the attempt has its cap only', async () => {
    const at = world({ deadline: off, timeout: { attemptMs: 1000 }, retry: off });
    const before = at.clock.monotonic();
    assert.match(String((await finish(at, at.call(hang, { totalMs: 10 }))).error()), /No answer within 1000 ms/);
    assert.equal(at.clock.monotonic() - before, 1000);
    assert.deepEqual(decisions(at), []);
  });
});

test('with every policy off a call is the bare operation: no timer, no refusal, its events only', async () => {
  const at = world({ deadline: off, breaker: off, retry: off, budget: off, timeout: off });
  const engine = held();
  const call = watch(at.call(engine.run, { totalMs: 0 }));
  await at.clock.advance(0);
  assert.equal(at.clock.pendingTimers, 0);
  engine.succeed();
  await at.clock.advance(0);
  assert.equal(call.value().status, 200);
  assert.deepEqual(
    at.events.map((event) => event.type),
    ['attempt_started', 'attempt_finished', 'call_finished'],
  );
});
