import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@penstock/clock';
import { type BalanceOptions, BalancePolicy, type BreakerStateName, resolveBalance } from '@penstock/resilience';
import { layerWorld } from '../layer-world.ts';

function balanceWorld(ids: readonly string[], options: Partial<BalanceOptions> = {}) {
  const at = layerWorld(seededRandom(3));
  const states = new Map<string, BreakerStateName>();
  const balance = new BalancePolicy(resolveBalance(options), {
    ...at,
    endpoints: ids.map((id) => ({ id })),
    state: ({ id }) => states.get(id) ?? 'closed',
  });
  const picks = (count: number, avoid: readonly string[] = []): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (let each = 0; each < count; each++) {
      const lease = balance.pick({ avoid });
      const id = lease?.endpoint.id ?? 'none';
      counts[id] = (counts[id] ?? 0) + 1;
      lease?.release();
    }
    return counts;
  };
  return { ...at, balance, states, picks };
}

test('calls in flight are kept even: of two, the one with less to do is picked', () => {
  const at = balanceWorld(['a', 'b', 'c', 'd']);
  for (let each = 0; each < 400; each++) at.balance.pick();
  for (const { inFlight } of at.balance.snapshot().endpoints) assert.ok(Math.abs(inFlight - 100) <= 3, String(inFlight));
});

test('a place is given back once, however often it is released', () => {
  const at = balanceWorld(['a']);
  const lease = at.balance.pick();
  at.balance.pick();
  lease?.release();
  lease?.release();
  assert.equal(at.balance.snapshot().endpoints[0]?.inFlight, 1);
});

test('a reported load weighs as calls in flight do, until it is too old', async () => {
  const at = balanceWorld(['a', 'b']);
  at.balance.reportLoad('a', 5);
  at.balance.reportLoad('gone', 5);
  assert.deepEqual(at.picks(20), { b: 20 });
  await at.clock.advance(10_001);
  assert.ok((at.picks(100).a ?? 0) > 20);
  const blind = balanceWorld(['a', 'b'], { loadWeight: 0 });
  blind.balance.reportLoad('a', 5);
  assert.ok((blind.picks(100).a ?? 0) > 20);
});

test('a retry gets another endpoint, and the same one where no other is left', () => {
  const at = balanceWorld(['a', 'b']);
  assert.deepEqual(at.picks(10, ['a']), { b: 10 });
  at.states.set('b', 'open');
  assert.deepEqual(at.picks(10, ['a']), { a: 10 });
  assert.equal(at.balance.pick({ avoid: ['a'] })?.because, 'no_other');
});

test('one that could not be reached rests while another takes calls, although it has less to do', async () => {
  const at = balanceWorld(['a', 'b']);
  at.balance.reportLoad('b', 50);
  at.balance.reportUnreachable('a');
  at.balance.reportUnreachable('gone');
  assert.deepEqual(at.picks(10), { b: 10 });
  assert.deepEqual(at.picks(10, ['b']), { a: 10 }, 'a retry that was at the other goes there');
  await at.clock.advance(999);
  assert.deepEqual(at.picks(10), { b: 10 });
  await at.clock.advance(1);
  assert.deepEqual(at.picks(10), { a: 10 });
  at.balance.reportUnreachable('a');
  at.balance.reportUnreachable('b');
  assert.deepEqual(at.picks(10), { a: 10 }, 'where all rest, none does');
});

test('an open endpoint gets nothing, and is told once when it goes and when it returns', () => {
  const at = balanceWorld(['a', 'b']);
  at.states.set('a', 'open');
  assert.deepEqual(at.picks(10), { b: 10 });
  at.states.set('a', 'closed');
  assert.ok((at.picks(100).a ?? 0) > 20);
  assert.deepEqual([at.of('balance_ejected').length, at.of('balance_restored').length], [1, 1]);
});

test('all open: nothing is picked, and that is told', () => {
  const at = balanceWorld(['a', 'b']);
  at.states.set('a', 'open');
  at.states.set('b', 'open');
  assert.equal(at.balance.pick(), undefined);
  assert.deepEqual(
    at.of('balance_exhausted').map(({ endpoints }) => endpoints),
    [2],
  );
});

test('a half-open endpoint gets a call a second beside sound ones, and all calls where there is no sound one', async () => {
  const at = balanceWorld(['a', 'b', 'c']);
  at.states.set('a', 'half_open');
  for (let second = 0; second < 5; second++) {
    assert.equal(at.picks(50).a, 1);
    await at.clock.advance(1000);
  }
  for (const id of ['b', 'c']) at.states.set(id, 'open');
  assert.deepEqual(at.picks(10), { a: 10 });
});

test('endpoints are exchanged at run time; those that stay keep their counts', () => {
  const at = balanceWorld(['a', 'b']);
  at.balance.pick({ avoid: ['b'] });
  at.balance.setEndpoints([{ id: 'c' }, { id: 'a' }]);
  assert.deepEqual(
    at.balance.snapshot().endpoints.map(({ id, inFlight }) => [id, inFlight]),
    [
      ['c', 0],
      ['a', 1],
    ],
  );
  assert.throws(
    () => at.balance.setEndpoints([]),
    /balance.endpoints must be at least one, each with an id of its own, got \[\]/,
  );
  assert.throws(() => at.balance.setEndpoints([{ id: 'a' }, { id: 'a' }]), /got \["a","a"\]/);
});

test('in shadow mode endpoints take turns and what would have been picked is told', () => {
  const at = balanceWorld(['a', 'b'], { mode: 'shadow' });
  at.balance.reportLoad('a', 5);
  assert.deepEqual(at.picks(10), { a: 5, b: 5 });
  const told = at.of('balance_picked').filter(({ shadow }) => shadow);
  assert.deepEqual(new Set(told.map(({ endpoint }) => endpoint)), new Set(['b']));
  at.balance.reload({ mode: 'off' });
  assert.deepEqual(at.picks(10), { a: 5, b: 5 });
  at.balance.stop();
  assert.equal(at.balance.pick(), undefined);
});

test('every pick says why: the only one, the less loaded, a probe, no other', async () => {
  const at = balanceWorld(['a', 'b']);
  const because = (avoid: readonly string[] = []) => at.balance.pick({ avoid })?.because;
  assert.equal(because(), 'least_loaded');
  assert.equal(because(['a']), 'only');
  assert.equal(because(['a', 'b']), 'no_other');
  at.states.set('a', 'half_open');
  assert.equal(because(['a', 'b']), 'no_other', 'even where the pick is a probe');
  await at.clock.advance(1000);
  assert.equal(because(), 'probe');
  assert.deepEqual(
    at.of('balance_picked').map((event) => event.because),
    ['least_loaded', 'only', 'no_other', 'no_other', 'probe'],
  );
  at.states.set('b', 'open');
  assert.equal(because(['a', 'b']), 'no_other');
});

test('calls before an endpoint was half-open do not put off its first probe', () => {
  const at = balanceWorld(['a', 'b']);
  for (let each = 0; each < 10; each++) at.balance.pick();
  at.states.set('a', 'half_open');
  const lease = at.balance.pick();
  assert.deepEqual([lease?.endpoint.id, lease?.because], ['a', 'probe']);
});

test('between probes, where every endpoint is half-open, the less loaded one is picked', () => {
  const at = balanceWorld(['a', 'b']);
  at.states.set('a', 'half_open').set('b', 'half_open');
  const probed = [at.balance.pick(), at.balance.pick()].map((lease) => [lease?.endpoint.id, lease?.because]);
  assert.deepEqual(probed, [
    ['a', 'probe'],
    ['b', 'probe'],
  ]);
  assert.equal(at.balance.pick()?.because, 'least_loaded');
});

test('a load counts up to the end of its time, for the endpoint that has it; one nobody has is ignored', async () => {
  const at = balanceWorld(['a', 'b']);
  at.balance.reportLoad('b', 5);
  at.balance.reportLoad('gone', 7);
  const loads = () => at.balance.snapshot().endpoints.map(({ load }) => load);
  await at.clock.advance(10_000);
  assert.deepEqual(loads(), [0, 5]);
  await at.clock.advance(1);
  assert.deepEqual(loads(), [0, 0]);
  assert.throws(() => at.balance.reportLoad('a', -1), {
    message: 'balance.reportLoad load must be a number from 0 to 9007199254740991, got -1',
  });
});

test('off, endpoints take turns among those wanted and nothing is told of a choice', () => {
  const at = balanceWorld(['a', 'b', 'c'], { mode: 'off' });
  const turn = (avoid: readonly string[] = []) => {
    const lease = at.balance.pick({ avoid });
    return [lease?.endpoint.id, lease?.because];
  };
  assert.deepEqual(
    [turn(), turn(), turn(), turn(['b'])],
    [
      ['a', 'turn'],
      ['b', 'turn'],
      ['c', 'turn'],
      ['c', 'turn'],
    ],
  );
  assert.deepEqual(turn(['a', 'b']), ['c', 'only']);
  assert.deepEqual(turn(['a', 'b', 'c']), ['c', 'turn'], 'all avoided: any');
  assert.ok(at.of('balance_picked').every(({ shadow }) => !shadow));
  assert.equal(at.of('balance_picked').length, 6);
});
