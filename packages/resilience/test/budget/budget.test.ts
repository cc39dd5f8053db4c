import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@penstock/clock';
import { BUDGET_DEFAULTS, BudgetPolicy, RetriesExhaustedError } from '@penstock/resilience';
import { down, finish, ok, script, world } from '../world.ts';

const drained = (clock: FakeClock, options = {}): BudgetPolicy => {
  const budget = new BudgetPolicy({ ...BUDGET_DEFAULTS, ...options }, clock);
  while (budget.charge());
  return budget;
};

test('it starts full and gives whole tokens only', () => {
  const budget = new BudgetPolicy({ ...BUDGET_DEFAULTS, perSecond: 0, capacity: 2.5 }, new FakeClock());
  assert.deepEqual([budget.charge(), budget.charge(), budget.charge()], [true, true, false]);
  assert.equal(budget.tokens, 0.5);
});

test('two successes pay for one retry', () => {
  const budget = drained(new FakeClock(), { perSecond: 0 });
  budget.succeeded();
  assert.equal(budget.charge(), false);
  budget.succeeded();
  assert.equal(budget.charge(), true);
});

test('the reserve adds ten tokens a second', async () => {
  const clock = new FakeClock();
  const budget = drained(clock);
  await clock.advance(1000);
  assert.equal(Math.round(budget.tokens), 10);
});

test('a level is announced once, and again when time has refilled the bucket', async () => {
  const clock = new FakeClock();
  const budget = new BudgetPolicy(BUDGET_DEFAULTS, clock);
  assert.equal(budget.announce(), undefined, 'full, as at the start');
  budget.charge();
  assert.deepEqual([budget.announce(), budget.announce()], [99, undefined]);
  await clock.advance(1000);
  assert.deepEqual([budget.announce(), budget.announce()], [100, undefined]);
});

test('it never holds more than its capacity', async () => {
  const clock = new FakeClock();
  const budget = new BudgetPolicy(BUDGET_DEFAULTS, clock);
  await clock.advance(60_000);
  budget.succeeded();
  assert.equal(budget.tokens, 100);
});

test('Retry -> Budget: without a token the failure is handed on and no backoff is waited', async () => {
  const at = world({ budget: { perSuccess: 0, perSecond: 0, capacity: 1 } });
  const before = at.clock.monotonic();
  const error = (await finish(at, at.call(script(down).run))).error();
  assert.ok(error instanceof RetriesExhaustedError);
  assert.deepEqual([error.attempts, error.refusal], [2, 'budget']);
  assert.equal(at.clock.monotonic() - before, 1000);
});

test('Retry -> Budget: the token is taken when the retry is decided, not after its backoff', async () => {
  const at = world({ budget: { perSecond: 0 } });
  const call = at.call(script(down, ok).run);
  await at.clock.advance(0);
  assert.equal(at.pipeline.snapshot().budget.tokens, 99);
  await finish(at, call);
  assert.equal(at.pipeline.snapshot().budget.tokens, 99.5);
});

test('Retry -> Budget: in shadow mode every retry is made, and those that it would have refused are told', async () => {
  const at = world({ budget: { mode: 'shadow', perSuccess: 0, perSecond: 0, capacity: 1 } });
  const engine = script(down);
  await finish(at, at.call(engine.run));
  assert.equal(engine.count(), 3);
  assert.deepEqual(at.of('shadow_decision'), [
    {
      type: 'shadow_decision',
      name: 'engine',
      call: { sequence: 1 },
      policy: 'budget',
      would: 'refuse',
      reason: 'budget',
    },
  ]);
  assert.equal(at.pipeline.snapshot().budget.tokens, 0, 'what is not there is not taken');
});

test('Retry -> Budget: switched off it refuses nothing and counts nothing', async () => {
  const at = world({ budget: { mode: 'off', perSecond: 0, capacity: 1 } });
  const engine = script(down);
  await finish(at, at.call(engine.run));
  assert.equal(engine.count(), 3);
  assert.equal(at.pipeline.snapshot().budget.tokens, 1);
  assert.deepEqual(at.of('shadow_decision'), []);
});

test('another capacity keeps the tokens, cut to it; what time had added until then counts at the old rate', async () => {
  const clock = new FakeClock();
  const budget = drained(clock);
  await clock.advance(2000);
  budget.reload({ ...BUDGET_DEFAULTS, perSecond: 0, capacity: 1000 });
  await clock.advance(2000);
  assert.equal(Math.round(budget.tokens), 20);
  budget.reload({ ...BUDGET_DEFAULTS, perSecond: 0, capacity: 5 });
  assert.equal(budget.tokens, 5);
});

test('in shadow mode it never says no, whether or not anybody wants to be told', () => {
  const budget = new BudgetPolicy({ ...BUDGET_DEFAULTS, mode: 'shadow', perSecond: 0, capacity: 1 }, new FakeClock());
  let told = 0;
  const charges = [budget.charge(() => void told++), budget.charge(() => void told++), budget.charge()];
  assert.deepEqual([charges, told, budget.tokens], [[true, true, true], 1, 0]);
});
