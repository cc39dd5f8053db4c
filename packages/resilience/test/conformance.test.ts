import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { FakeClock, scriptedRandom } from '@penstock/clock';
import { createPipeline } from '@penstock/resilience';
import { classify, down, finish, hang, ok, script, status, watch, world } from './world.ts';

// 10,000 in the suite; RESILIENCE_CALLS=100000 for the long run.
const CALLS = Number(process.env.RESILIENCE_CALLS ?? 10_000);
const BATCH = 100;

test(`${CALLS} calls of every kind leave no timer, and no listener on a signal that outlives them`, async () => {
  const at = world({ breaker: { mode: 'off' }, timeout: { attemptMs: 50 }, retry: { baseMs: 1 } });
  const client = new AbortController();
  const { signal } = client;
  const kinds = [ok, script(ok, down).run, script(down, ok).run, status(404), hang];
  let calls = 0;
  for (let round = 0; round < CALLS / BATCH; round++) {
    const batch = Array.from({ length: BATCH }, () =>
      at.call(kinds[calls++ % kinds.length] ?? ok, { signal }).catch(() => undefined),
    );
    await at.clock.runAll();
    await Promise.all(batch);
  }
  assert.equal(calls, CALLS);
  assert.equal(at.of('call_finished').length, CALLS);
  assert.equal(at.clock.pendingTimers, 0);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
  assert.equal(at.pipeline.snapshot().inFlight, 0);
});

test('calls cancelled before, during and between attempts leave nothing behind either', async () => {
  const at = world();
  for (const waitMs of [0, 1, 500, 1000, 1001]) {
    const client = new AbortController();
    const call = watch(at.call(script(down, hang).run, { signal: client.signal }));
    await at.clock.advance(waitMs);
    client.abort();
    await at.clock.advance(0);
    assert.match(String(call.error()), /The client went away/);
    assert.equal(at.clock.pendingTimers, 0);
    assert.equal(getEventListeners(client.signal, 'abort').length, 0);
  }
});

test('listeners that throw or reject change nothing: the same calls end the same way, and the faults are counted', async () => {
  const run = async (onEvent?: () => void): Promise<unknown[]> => {
    const clock = new FakeClock();
    const onListenerError = (): void => {
      throw new Error('the handler throws too');
    };
    const deps = { name: 'engine', clock, random: scriptedRandom(0.5), classify, onListenerError };
    const pipeline = createPipeline({ breaker: { consecutiveCalls: 2 } }, { ...deps, ...(onEvent !== undefined && { onEvent }) });
    const ends: unknown[] = [];
    for (const operation of [ok, script(down, ok).run, down, down, ok]) {
      const promise = pipeline.execute(operation, { totalMs: 150_000, ...(onEvent !== undefined && { onEvent }) });
      const call = watch(promise);
      await clock.runAll(50).catch(() => undefined);
      ends.push(call.settled() ? await promise.catch(String) : 'pending');
    }
    assert.equal(pipeline.snapshot().listenerErrors > 0, onEvent !== undefined);
    return ends;
  };
  const quiet = await run();
  assert.deepEqual(
    await run(() => {
      throw new Error('a listener');
    }),
    quiet,
  );
  const rejecting = async (): Promise<void> => Promise.reject(new Error('a listener'));
  assert.deepEqual(await run(rejecting), quiet);
});

test('a listener of one call hears that call only', async () => {
  const at = world();
  const heard: number[] = [];
  await finish(at, at.call(ok, { onEvent: (event) => event.call && heard.push(event.call.sequence) }));
  await finish(at, at.call(ok));
  assert.deepEqual(new Set(heard), new Set([1]));
});

test('a call started by a listener from within a transition sees the state after it', async () => {
  const clock = new FakeClock();
  let nested: ReturnType<typeof watch<unknown>> | undefined;
  const pipeline = createPipeline(
    { breaker: { consecutiveCalls: 1 } },
    {
      name: 'engine',
      clock,
      random: scriptedRandom(0.5),
      classify,
      onEvent: (event) => {
        if (event.type === 'breaker_transition') nested = watch(pipeline.execute(ok, { totalMs: 1000 }));
      },
    },
  );
  await pipeline.execute(down, { totalMs: 1000, maxAttempts: 1 }).catch(() => undefined);
  await clock.advance(0);
  assert.match(String(nested?.error()), /Circuit breaker OPEN for engine/);
  pipeline.stop();
});
