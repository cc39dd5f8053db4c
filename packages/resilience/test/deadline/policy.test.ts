import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@penstock/clock';
import { type DeadlineOptions, DeadlinePolicy, resolveDeadline } from '@penstock/resilience';
import { finish, ok, world } from '../world.ts';

function deadlineWorld(options: Partial<DeadlineOptions> = {}) {
  const clock = new FakeClock();
  const policy = new DeadlinePolicy(resolveDeadline(options), clock);
  const floor = (kind?: string) => policy.start({ totalMs: 1000, ...(kind !== undefined && { kind }) }).floor;
  return { clock, policy, floor };
}

test('a deadline is the client’s only where it asked for less than ours', () => {
  const { policy } = deadlineWorld({ totalMs: 1000 });
  const whose = (totalMs: number, clientShortened?: boolean) => {
    const deadline = policy.start({ totalMs, ...(clientShortened !== undefined && { clientShortened }) });
    return [deadline.whose, deadline.totalMs];
  };
  assert.deepEqual(whose(999, true), ['client', 999]);
  assert.deepEqual(whose(1000, true), ['server', 1000]);
  assert.deepEqual(whose(999, false), ['server', 999]);
  assert.deepEqual(whose(999), ['server', 999]);
  assert.deepEqual(whose(-5, true), ['client', 0]);
});

test('each kind of call has a floor of its own, a thousand of them; further kinds share one', () => {
  const { floor } = deadlineWorld();
  const kinds = Array.from({ length: 1000 }, (_, each) => floor(`kind ${each}`));
  assert.equal(new Set(kinds).size, 1000);
  assert.equal(floor('kind 7'), kinds[7]);
  assert.equal(floor('one more'), floor('and another'));
  assert.equal(floor('one more'), floor(), 'that of calls without a kind');
  assert.ok(!kinds.includes(floor('one more')));
});

test('the floor is the fastest answer of half a window to one, then forgotten', () => {
  const floor = deadlineWorld({ floorWindowMs: 60_000 }).floor();
  assert.equal(floor.at(0), 0);
  floor.observe(70, 0);
  floor.observe(50, 10);
  floor.observe(60, 29_000);
  assert.deepEqual(
    [29_999, 30_000, 59_999].map((now) => floor.at(now)),
    [50, 50, 50],
  );
  assert.equal(floor.at(60_000), 0);
  floor.observe(50, 61_000);
  floor.observe(80, 130_000);
  assert.equal(floor.at(130_000), 80, 'an answer replaces what is too old');
});

test('a reload keeps the floors of now for the new window, and changes nothing where the window is the same', async () => {
  const at = deadlineWorld({ floorWindowMs: 60_000 });
  const begin = at.clock.monotonic();
  const floor = at.floor();
  // The window turns at multiples of its half; begin at one of them.
  await at.clock.advance((120_000 - (begin % 120_000)) % 120_000);
  const zero = at.clock.monotonic();
  floor.observe(50, zero);
  await at.clock.advance(31_000);
  at.policy.reload(resolveDeadline({ floorWindowMs: 60_000 }));
  assert.equal(floor.at(zero + 59_999), 50);
  assert.equal(floor.at(zero + 60_000), 0, 'as without the reload');
  const other = at.floor('other');
  other.observe(40, zero + 31_000);
  at.policy.reload(resolveDeadline({ floorWindowMs: 240_000 }));
  assert.equal(other.at(zero + 239_999), 40);
  assert.equal(other.at(zero + 240_000), 0);
  const old = at.floor('old');
  old.observe(30, zero + 31_000);
  await at.clock.advance(600_000);
  at.policy.reload(resolveDeadline({ floorWindowMs: 60_000 }));
  assert.equal(old.at(at.clock.monotonic()), 0, 'what is too old is not taken along');
});

test('a deadline that is exceeded names the floor only where that is why', async () => {
  const at = deadlineWorld();
  const deadline = at.policy.start({ totalMs: 500 });
  deadline.floor.observe(100, at.clock.monotonic());
  const floorMs = () => deadline.exceeded(1).floorMs;
  await at.clock.advance(400);
  assert.equal(floorMs(), undefined, '100 ms are left, and would do');
  await at.clock.advance(1);
  assert.equal(floorMs(), 100);
  await at.clock.advance(99);
  assert.equal(floorMs(), undefined, 'it has passed');
  await at.clock.advance(50);
  assert.equal(floorMs(), undefined);
  assert.deepEqual([deadline.passed, deadline.remaining()], [true, 0]);
});

test('a total that is only watched has passed at its very end', async () => {
  const at = world({ deadline: { mode: 'shadow' } });
  const taking = (ms: number) => async () => {
    await new Promise<void>((resolve) => void at.clock.timer(ms, resolve));
    return ok({ number: 1, signal: new AbortController().signal, remainingMs: 0, timeoutMs: 0 });
  };
  await finish(at, at.call(taking(499), { totalMs: 500 }));
  assert.equal(at.of('shadow_decision').length, 0);
  await finish(at, at.call(taking(500), { totalMs: 500 }));
  assert.deepEqual(
    at.of('shadow_decision').map(({ would }) => would),
    ['cut'],
  );
});
