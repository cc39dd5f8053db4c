/**
 * Faults seen in opossum 10.0.0, each shown not to reach a caller of the pipeline. Where it is cheap, the fault itself
 * is shown first on a bare opossum, so that a version without it is noticed.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mock, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FakeClock } from '@penstock/clock';
import { AttemptTimeoutError, BreakerOpenError } from '@penstock/resilience';
import Opossum from 'opossum';
import { Circuit } from '../../src/breaker/circuit.ts';
import { failCalls, finish, hang, held, ok, status, watch, world } from '../world.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('one timeout does not abort the calls that run beside it', async () => {
  const at = world({ timeout: { attemptMs: 100 } });
  const signals: AbortSignal[] = [];
  const first = watch(
    at.call(
      (attempt) => {
        signals.push(attempt.signal);
        return new Promise(() => undefined);
      },
      { maxAttempts: 1 },
    ),
  );
  await at.clock.advance(60);
  const other = held();
  const second = watch(at.call(other.run));
  await at.clock.advance(40);
  assert.match(String(first.error()), /No answer within 100 ms/);
  assert.ok(signals[0]?.reason instanceof AttemptTimeoutError);
  assert.equal(other.signal()?.aborted, false);
  other.succeed();
  await at.clock.advance(0);
  assert.equal(second.value().status, 200);
});

test('a refusal of our own does not count as a failure', async () => {
  const at = world();
  await failCalls(at, 4);
  for (let each = 0; each < 20; each++) await finish(at, at.call(ok, { totalMs: 0 }));
  assert.equal(at.pipeline.snapshot().breaker.state, 'closed');
  assert.equal(at.pipeline.snapshot().breaker.consecutiveFailures, 4);
});

test('a filtered outcome does not close a half-open circuit', async () => {
  const at = world();
  await failCalls(at, 5);
  await at.clock.advance(27_000);
  for (let each = 0; each < 5; each++) {
    const client = new AbortController();
    const gone = watch(at.call(hang, { signal: client.signal }));
    await at.clock.advance(0);
    client.abort();
    await at.clock.advance(0);
    assert.match(String(gone.error()), /The client went away/);
  }
  assert.equal(at.pipeline.snapshot().breaker.state, 'half_open');
});

test('a success from before the trip does not close the circuit while probes run', async () => {
  const at = world({ breaker: { openMs: 1000 } });
  const old = held();
  const before = watch(at.call(old.run));
  await failCalls(at, 5);
  await at.clock.advance(1000);
  assert.equal(at.pipeline.snapshot().breaker.state, 'half_open');
  old.succeed();
  await at.clock.advance(0);
  assert.equal(before.value().status, 200);
  assert.equal(at.pipeline.snapshot().breaker.state, 'half_open');
});

test('a hung probe does not refuse everyone for ever', async () => {
  const at = world({ breaker: { probes: 1 } });
  await failCalls(at, 5);
  await at.clock.advance(27_000);
  watch(at.call(hang));
  await at.clock.advance(0);
  assert.ok((await finish(at, at.call(ok))).error() instanceof BreakerOpenError);
  await at.clock.advance(30_000 + 54_000);
  assert.equal((await finish(at, at.call(ok))).value().status, 200);
});

test('40 of 40 finished calls failing trip it although 60 are in flight', async () => {
  const at = world();
  for (let each = 0; each < 60; each++) watch(at.call(hang));
  await failCalls(at, 40);
  assert.equal(at.pipeline.snapshot().breaker.state, 'open');
});

test('a failure stays cheap after 100,000 outcomes: no percentiles are kept', async () => {
  const clock = new FakeClock();
  const circuit = new Circuit('engine', clock);
  for (let each = 0; each < 100_000; each++) circuit.hear('success');
  await settle();
  // The fastest of several batches: a busy machine can only make one slower.
  let perFailure = Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < 5; batch++) {
    const startedAt = performance.now();
    for (let each = 0; each < 20; each++) circuit.hear('failure');
    await settle();
    perFailure = Math.min(perFailure, (performance.now() - startedAt) / 20);
  }
  circuit.stop();
  assert.ok(perFailure < 2, `${perFailure} ms per failure; with percentiles it is above 10`);
});

test('its first success does not close a half-open circuit: two are needed', async () => {
  const at = world({ breaker: { openMs: 1000 } });
  await failCalls(at, 5);
  await at.clock.advance(1000);
  await finish(at, at.call(ok));
  assert.equal(at.pipeline.snapshot().breaker.state, 'half_open');
});

test('the first failure does not open it', async () => {
  const bare = new Opossum(async () => Promise.reject(new Error('down')));
  await assert.rejects(bare.fire());
  assert.equal(bare.opened, true, 'a bare opossum opens');
  bare.shutdown();
  const at = world();
  await failCalls(at, 1);
  assert.equal(at.pipeline.snapshot().breaker.state, 'closed');
});

test('opossum hears one settled outcome for each counted call and none for neutral, stale or refused ones', async () => {
  const at = world();
  const heard = () => at.pipeline.snapshot().breaker.heard;
  await finish(at, at.call(ok));
  await finish(at, at.call(status(503)));
  await finish(at, at.call(ok, { totalMs: 0 }));
  assert.deepEqual(heard(), { fires: 2, successes: 1, failures: 1, rejects: 0 });
  const stale = held();
  watch(at.call(stale.run));
  const before = heard();
  await failCalls(at, 5);
  await finish(at, at.call(ok));
  stale.succeed();
  await at.clock.advance(0);
  const after = heard();
  assert.ok(after.successes <= before.successes);
  assert.equal(after.rejects, 0);
});

test('what opossum has heard is forgotten after ten seconds of the injected clock', async () => {
  const clock = new FakeClock();
  const circuit = new Circuit('engine', clock);
  circuit.hear('failure');
  await settle();
  await clock.advance(9000);
  assert.equal(circuit.heard.failures, 1);
  await clock.advance(1000);
  assert.equal(circuit.heard.failures, 0);
  circuit.stop();
});

test('no rate of failures opens it by itself', async () => {
  const circuit = new Circuit('engine', new FakeClock());
  for (let each = 0; each < 1000; each++) circuit.hear('failure');
  await settle();
  assert.equal(circuit.closed, true);
  circuit.stop();
});

test('its own reset timer does not move the state against ours', async (t) => {
  t.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ['setTimeout'] });
  const circuit = new Circuit('engine', new FakeClock());
  circuit.trip();
  for (let round = 0; round < 3; round++) {
    mock.timers.tick(2 ** 31 - 1);
    assert.equal(circuit.open, true);
  }
  circuit.stop();
});

test('it starts no interval and no timer but the reset timer of an open circuit, which stopping the pipeline ends', async (t) => {
  const intervals = t.mock.method(globalThis, 'setInterval');
  const timers = t.mock.method(globalThis, 'setTimeout');
  const cleared = t.mock.method(globalThis, 'clearTimeout');
  const at = world();
  await failCalls(at, 4);
  await finish(at, at.call(ok));
  assert.deepEqual([intervals.mock.callCount(), timers.mock.callCount()], [0, 0]);
  await failCalls(at, 5);
  assert.deepEqual([intervals.mock.callCount(), timers.mock.callCount()], [0, 1]);
  const reset = timers.mock.calls[0]?.result;
  assert.equal(reset?.hasRef(), false);
  const ended = () => cleared.mock.calls.some((call) => call.arguments[0] === reset);
  assert.equal(ended(), false);
  at.pipeline.stop();
  assert.equal(ended(), true);
  assert.equal(at.clock.pendingTimers, 0);
});

test('it keeps no process alive, open or closed, stopped or not', async () => {
  const program = `
    import { systemClock, systemRandom } from '@penstock/clock';
    import { createPipeline, classifyError } from '@penstock/resilience';
    const classify = (s) => 'error' in s ? classifyError(s.error) : { kind: 'success', reason: '200' };
    for (const open of [false, true]) {
      const pipeline = createPipeline({ retry: { attempts: 1 } }, { name: 'engine', clock: systemClock, random: systemRandom, classify });
      for (let i = 0; i < 5 && open; i++) await pipeline.execute(async () => { throw new Error('down'); }, { totalMs: 1000 }).catch(() => 0);
      console.log(pipeline.snapshot().breaker.state);
    }`;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const run = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd, timeout: 10_000 });
  assert.equal(run.stdout, 'closed\nopen\n');
});
