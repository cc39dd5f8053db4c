import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import { Drain, type DrainState, InFlight } from '../../src/index.ts';

function world(timeoutMs = 30_000) {
  const clock = new FakeClock();
  const inFlight = new InFlight();
  const steps: string[] = [];
  const states: DrainState[] = [];
  const drain = new Drain(
    { propagationMs: 500, timeoutMs },
    { clock, inFlight, log: (message) => steps.push(message), onState: (state) => states.push(state) },
  );
  const listener = {
    stopAccepting: async () => void steps.push(`closed at ${clock.now() - start}`),
    closeIdle: async () => void steps.push('idle connections ended'),
    destroyAll: () => void steps.push('connections destroyed'),
  };
  const start = clock.now();
  return { clock, inFlight, steps, states, drain, listener, start };
}

describe('Drain', () => {
  it('keeps serving for the propagation delay, then closes, then is drained at once when nothing is in flight', async () => {
    const { clock, drain, listener, states, steps } = world();
    const done = drain.run(listener);
    assert.equal(drain.state, 'propagating');
    await clock.advance(499);
    assert.deepEqual(states, ['propagating']);
    await clock.advance(1);
    await done;
    assert.deepEqual(states, ['propagating', 'finishing', 'drained']);
    assert.deepEqual(steps, [
      'closed at 500',
      'Stopped accepting new requests',
      'Waiting for in-flight requests',
      'idle connections ended',
    ]);
    assert.equal(clock.pendingTimers, 0);
  });

  it('waits for what is in flight', async () => {
    const { clock, drain, inFlight, listener } = world();
    const request = new AbortController();
    const end = inFlight.begin(request);
    const done = drain.run(listener);
    await clock.advance(20_000);
    assert.equal(drain.state, 'finishing');
    end();
    await done;
    assert.equal(drain.state, 'drained');
    assert.equal(request.signal.aborted, false);
    assert.equal(clock.pendingTimers, 0);
  });

  it('waits for the end of a reply that lasts, which is not counted as in flight', async () => {
    const { clock, drain, inFlight, listener } = world();
    const end = inFlight.begin(new AbortController(), true);
    assert.equal(inFlight.count, 0);
    const done = drain.run(listener);
    await clock.advance(500);
    assert.equal(drain.state, 'finishing');
    end();
    await done;
    assert.deepEqual([drain.state, inFlight.count], ['drained', 0]);
  });

  it('aborts what is still in flight at the limit with a 503 of the layer drain, and gives it time to be written', async () => {
    const { clock, drain, inFlight, listener, states, steps } = world(5000);
    const request = new AbortController();
    const end = inFlight.begin(request);
    request.signal.addEventListener('abort', () => queueMicrotask(end));
    const done = drain.run(listener);
    await clock.advance(5500);
    await done;
    const reason: unknown = request.signal.reason;
    assert.ok(reason instanceof ProblemError);
    assert.equal(reason.code, 'draining');
    assert.equal(reason.options.layer, 'drain');
    assert.deepEqual(states, ['propagating', 'finishing', 'aborting', 'drained']);
    assert.equal(steps.at(-1), 'connections destroyed');
    assert.equal(clock.pendingTimers, 0);
  });

  it('ends even when a request never reacts to its abort', async () => {
    const { clock, drain, inFlight, listener } = world(5000);
    inFlight.begin(new AbortController());
    const done = drain.run(listener);
    await clock.advance(6500);
    await done;
    assert.equal(drain.state, 'drained');
  });
});
