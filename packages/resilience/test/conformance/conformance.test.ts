import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { FakeClock, seededRandom } from '@penstock/clock';
import type { PolicyEvent } from '@penstock/resilience';
import { type Reply, refused, watch } from '../world.ts';
import { ABORT_AWARE, SUBJECTS, type Subject } from './policies.ts';

// 10,000 in the suite; RESILIENCE_CALLS=100000 for the long run.
const CALLS = Number(process.env.RESILIENCE_CALLS ?? 10_000);
const BATCH = 100;

/** Work on the fake clock that takes its time and obeys its signal, with a listener that it takes off again. */
const taking =
  (clock: FakeClock, ms: number, end: () => Reply) =>
  (signal: AbortSignal): Promise<Reply> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        timer.cancel();
        reject(signal.reason);
      };
      const timer = clock.timer(ms, () => {
        signal.removeEventListener('abort', onAbort);
        try {
          resolve(end());
        } catch (error) {
          reject(error);
        }
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });

const ok = (): Reply => ({ status: 200 });
const fail = (): Reply => {
  throw refused();
};

/** Ends of a mixed load: answers, failures, statuses, slow and synchronous ones. */
function mixed(clock: FakeClock, call: number): (signal: AbortSignal) => Promise<Reply> {
  switch (call % 6) {
    case 0:
      return async () => ok();
    case 1:
      return taking(clock, call % 13, ok);
    case 2:
      return taking(clock, call % 7, fail);
    case 3:
      return async () => ({ status: 503 });
    case 4:
      return taking(clock, 40, ok);
    default:
      return () => {
        throw refused();
      };
  }
}

for (const [name, make] of Object.entries(SUBJECTS)) {
  const world = (onEvent?: (event: PolicyEvent) => unknown) => {
    const clock = new FakeClock();
    const onListenerError = (): void => {
      throw new Error('the handler throws, too');
    };
    const deps = { name: 'engine', clock, random: seededRandom(11), onListenerError };
    return {
      clock,
      policy: make({ ...deps, ...(onEvent !== undefined && { onEvent: (event: PolicyEvent) => void onEvent(event) }) }),
    };
  };
  const load = async (clock: FakeClock, policy: Subject, calls: number, signal: AbortSignal): Promise<unknown[]> => {
    const ends: unknown[] = [];
    for (let call = 0; call < calls; ) {
      const batch = Array.from({ length: Math.min(BATCH, calls - call) }, () => {
        const number = call++;
        return policy.run(number, signal, mixed(clock, number)).then(
          (value) => ends.push([number, value]),
          (error: unknown) => ends.push([number, String(error)]),
        );
      });
      await clock.runAll();
      await Promise.all(batch);
    }
    return ends;
  };

  test(`${name}: ${CALLS} calls of every kind leave no timer, and no listener on a signal that outlives them`, async () => {
    const { clock, policy } = world();
    const { signal } = new AbortController();
    const ends = await load(clock, policy, CALLS, signal);
    assert.equal(ends.length, CALLS);
    assert.deepEqual([clock.pendingTimers, getEventListeners(signal, 'abort').length], [0, 0]);
    policy.stop();
  });

  test(`${name}: a call cancelled before, during or after leaves nothing behind and rejects with what cancelled it, if at all`, async () => {
    for (const [when, moments] of [
      ['before', [-1]],
      ['during', [0, 5, 9]],
      ['after', [10, 500]],
    ] as const) {
      for (const moment of moments) {
        const { clock, policy } = world();
        const client = new AbortController();
        const gone = new Error('the client has gone');
        if (moment < 0) client.abort(gone);
        const call = watch(policy.run(0, client.signal, taking(clock, 10, ok)));
        await clock.advance(Math.max(0, moment));
        client.abort(gone);
        await clock.runAll();
        assert.equal(call.settled(), true);
        if (when === 'after') call.value();
        else if (name !== 'pipeline') assert.equal(call.error(), gone);
        assert.deepEqual(
          [clock.pendingTimers, getEventListeners(client.signal, 'abort').length],
          [0, 0],
          `cancelled ${when}, at ${moment} ms`,
        );
        policy.stop();
      }
    }
  });

  test(`${name}: listeners that throw or reject change no end, and are counted`, async () => {
    const run = async (onEvent?: () => unknown): Promise<{ ends: unknown[]; errors: number }> => {
      const { clock, policy } = world(onEvent);
      const ends = await load(clock, policy, 300, new AbortController().signal);
      policy.stop();
      return { ends, errors: policy.listenerErrors() };
    };
    let heard = 0;
    const quiet = await run(() => heard++);
    const loud = await run(() => {
      throw new Error('a listener');
    });
    assert.deepEqual(loud.ends, quiet.ends);
    assert.equal(quiet.errors, 0);
    assert.ok(heard > 0, 'the load makes it emit');
    assert.ok(loud.errors >= heard, `${loud.errors} errors for ${heard} events`);
  });

  test(`${name}: after a stop nothing is left, and a second stop changes nothing`, async () => {
    const { clock, policy } = world();
    const { signal } = new AbortController();
    const calls = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((call) => watch(policy.run(call, signal, taking(clock, 10, ok))));
    await clock.advance(1);
    policy.stop();
    policy.stop();
    await clock.runAll();
    for (const call of calls) assert.equal(call.settled(), true);
    assert.deepEqual([clock.pendingTimers, getEventListeners(signal, 'abort').length], [0, 0]);
  });

  if (ABORT_AWARE.includes(name)) {
    test(`${name}: work that ignores its signal is not waited for`, async () => {
      const { clock, policy } = world();
      const client = new AbortController();
      const call = watch(policy.run(0, client.signal, () => new Promise(() => undefined)));
      await clock.advance(1);
      client.abort(new Error('gone'));
      await clock.advance(0);
      call.error();
      assert.deepEqual([clock.pendingTimers, getEventListeners(client.signal, 'abort').length], [0, 0]);
      policy.stop();
    });
  }
}
