import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Aimd,
  type ConcurrencyOptions,
  ConcurrencyPolicy,
  Gradient2,
  type LoadSign,
  OverloadedError,
  resolveConcurrency,
} from '@penstock/resilience';
import { layerWorld, manual } from '../layer-world.ts';
import { watch } from '../world.ts';

function concurrencyWorld(options: Partial<ConcurrencyOptions> = {}) {
  const at = layerWorld();
  const concurrency = new ConcurrencyPolicy(resolveConcurrency(options), at);
  /** So many calls at once, each of so long, ending with this sign. */
  const round = async (count: number, ms: number, sign: LoadSign = 'answered'): Promise<void> => {
    const works = Array.from({ length: count }, () => manual());
    const calls = works.map((work) => watch(concurrency.run({}, work.run, () => sign)));
    await at.clock.advance(ms);
    for (const work of works) work.resolve('answer');
    await at.clock.advance(0);
    for (const call of calls) call.value();
  };
  return { ...at, concurrency, round };
}

test('calls above the limit are shed at once, batch before interactive, with a hint when to return', async () => {
  const at = concurrencyWorld({ initial: 10 });
  const hold = (priority: 'interactive' | 'batch') => watch(at.concurrency.run({ priority }, manual().run, () => 'answered'));
  for (let each = 0; each < 8; each++) hold('batch');
  const shed = hold('batch');
  hold('interactive');
  hold('interactive');
  const shedToo = hold('interactive');
  await at.clock.advance(0);
  const error = shed.error();
  assert.ok(error instanceof OverloadedError && shedToo.error() instanceof OverloadedError);
  assert.equal(error.message, 'Overloaded: 8 calls to engine in flight, 8 allowed for batch ones');
  assert.equal(error.retryAfterMs, 1250);
  assert.deepEqual(
    at.of('concurrency_shed').map(({ priority, limit }) => [priority, limit]),
    [
      ['batch', 8],
      ['interactive', 10],
    ],
  );
});

test('the hint follows the latency', async () => {
  const at = concurrencyWorld({ initial: 2, max: 2 });
  await at.round(2, 8000);
  for (let each = 0; each < 2; each++) watch(at.concurrency.run({}, manual().run, () => 'answered'));
  await assert.rejects(
    at.concurrency.run(
      {},
      async () => 'x',
      () => 'answered',
    ),
    { retryAfterMs: 10_000 },
  );
});

test('Gradient2: a limit that is used grows while latency is steady, up to the maximum', async () => {
  const at = concurrencyWorld({ initial: 10, max: 40 });
  for (let each = 0; each < 80; each++) await at.round(at.concurrency.limit, 100);
  assert.equal(at.concurrency.limit, 40);
});

test('Gradient2: a limit of which less than half is used stays', async () => {
  const at = concurrencyWorld({ initial: 20 });
  for (let each = 0; each < 40; each++) await at.round(4, 100);
  assert.equal(at.concurrency.limit, 20);
});

test('Gradient2: when latency rises with concurrency, the limit comes down to where the latency is tolerated', async () => {
  // Ten calls at a time take 100 ms; what is above waits.
  const at = concurrencyWorld({ initial: 50, headroom: 1 });
  for (let each = 0; each < 60; each++) await at.round(10, 100);
  const served = async (capacity: number): Promise<void> => {
    for (let each = 0; each < 60; each++)
      await at.round(at.concurrency.limit, 100 * Math.max(1, at.concurrency.limit / capacity));
  };
  await served(10);
  const limit = at.concurrency.limit;
  assert.ok(limit >= 10 && limit <= 20, `limit ${limit}`);
});

test('AIMD: up by one per limit of answers, down by a tenth at a drop', () => {
  const aimd = new Aimd({ backoffRatio: 0.9 });
  const sample = { latencyMs: 10, inFlight: 10, dropped: false, fresh: true };
  let limit = 10;
  for (let each = 0; each < 10; each++) limit = aimd.next(limit, sample);
  assert.ok(Math.abs(limit - 11) < 0.1);
  assert.equal(aimd.next(10, { ...sample, dropped: true }), 9);
  assert.equal(aimd.next(10, { ...sample, dropped: true, fresh: false }), 10);
  assert.equal(aimd.next(10, { ...sample, inFlight: 4 }), 10);
  assert.equal(aimd.next(10, { ...sample, inFlight: 5 }), 10.1, 'half of it is use');
});

test('Gradient2: an answer of no time at all does not divide by zero', () => {
  const gradient = new Gradient2(resolveConcurrency());
  const sample = { latencyMs: 0, inFlight: 10, dropped: false, fresh: true };
  assert.ok(Number.isFinite(gradient.next(10, sample)));
  assert.ok(Number.isFinite(gradient.next(10, { ...sample, latencyMs: 5 })));
});

for (const algorithm of ['gradient2', 'aimd'] as const) {
  test(`${algorithm}: all drops of one overload shrink the limit once, the next overload shrinks it again`, async () => {
    const at = concurrencyWorld({ initial: 100, algorithm });
    await at.round(100, 1000, 'dropped');
    assert.equal(at.concurrency.limit, 90);
    await at.clock.advance(1);
    await at.round(50, 1000, 'dropped');
    assert.equal(at.concurrency.limit, 81);
    for (let each = 0; each < 100; each++) {
      await at.clock.advance(1);
      await at.round(1, 10, 'dropped');
    }
    assert.equal(at.concurrency.limit, 2, 'never below the minimum');
  });
}

test('ends that say nothing about load move nothing, and failed work is rethrown', async () => {
  const at = concurrencyWorld();
  await assert.rejects(
    at.concurrency.run(
      {},
      async () => Promise.reject(new Error('down')),
      () => 'ignored',
    ),
    /down/,
  );
  assert.deepEqual([at.concurrency.limit, at.concurrency.snapshot().inFlight, at.events.length], [20, 0, 0]);
});

test('a reload clamps the limit to the new bounds and keeps it otherwise; what is in flight stays', async () => {
  const at = concurrencyWorld({ initial: 100 });
  watch(at.concurrency.run({}, manual().run, () => 'answered'));
  at.concurrency.reload({ initial: 20, max: 50 });
  assert.deepEqual([at.concurrency.limit, at.concurrency.snapshot().inFlight], [50, 1]);
  assert.deepEqual(
    at.of('concurrency_limit_changed').map(({ from, to, because }) => [from, to, because]),
    [[100, 50, 'reload']],
  );
  at.concurrency.reload({ initial: 20, max: 80, algorithm: 'aimd' });
  assert.equal(at.concurrency.limit, 50);
});

test('in shadow mode it adapts and tells but sheds nothing, off it does nothing', async () => {
  const at = concurrencyWorld({ initial: 2, mode: 'shadow' });
  await at.round(5, 10);
  assert.deepEqual(
    at.of('concurrency_shed').map(({ shadow }) => shadow),
    [true, true, true],
  );
  at.concurrency.reload({ initial: 2, max: 2, mode: 'off' });
  const seen = at.events.length;
  await at.round(5, 10);
  assert.equal(at.events.length, seen);
});

for (const [options, message] of [
  [{ min: 30, initial: 30, max: 20 }, 'concurrency.min must be at most concurrency.max (20), got 30'],
  [{ initial: 1 }, 'concurrency.initial must be within concurrency.min and max (2 to 200), got 1'],
  [{ initial: 201 }, 'concurrency.initial must be within concurrency.min and max (2 to 200), got 201'],
  [{ algorithm: 'vegas' }, 'concurrency.algorithm must be one of gradient2, aimd, got "vegas"'],
] as const) {
  test(`an option that does not fit is refused: ${message}`, () => {
    assert.throws(() => resolveConcurrency(options as Partial<ConcurrencyOptions>), new RangeError(message));
  });
}

test('an algorithm starts to learn anew where its numbers change, and only there', async () => {
  const limits = async (reload: Partial<ConcurrencyOptions>): Promise<number> => {
    const at = concurrencyWorld({ initial: 10, max: 100 });
    for (let each = 0; each < 9; each++) await at.round(10, 100);
    at.concurrency.reload({ initial: 10, max: 100, ...reload });
    await at.round(9, 900);
    await at.round(1, 900);
    return at.concurrency.snapshot().limit;
  };
  const kept = await limits({});
  assert.equal(await limits({ batchShare: 0.5 }), kept, 'its memory of 100 ms makes 900 ms slow');
  assert.ok((await limits({ longWindow: 601 })) > kept, 'without one 900 ms is all it knows');
});

test('AIMD is in force when it is chosen, at the start or by a reload', async () => {
  for (const at of [concurrencyWorld({ algorithm: 'aimd' }), concurrencyWorld()]) {
    at.concurrency.reload({ algorithm: 'aimd' });
    for (const ms of [10, 10, 5000, 5000, 5000]) await at.round(20, ms);
    assert.ok(at.concurrency.limit > 20, 'latency is nothing to it; Gradient2 would have come down');
  }
});

test('the limit’s moves tell from where, to where and why, and nothing is told where it stays', async () => {
  const at = concurrencyWorld({ algorithm: 'aimd', initial: 10 });
  await at.round(10, 10, 'dropped');
  assert.deepEqual(at.of('concurrency_limit_changed'), [
    { type: 'concurrency_limit_changed', name: 'engine', from: 10, to: 9, because: 'drop' },
  ]);
  at.concurrency.reload({ algorithm: 'aimd', initial: 10, max: 10 });
  assert.equal(at.of('concurrency_limit_changed').length, 1);
  for (let each = 0; each < 2; each++) await at.round(9, 10);
  at.concurrency.reload({ algorithm: 'aimd', initial: 5, max: 5 });
  assert.deepEqual(
    at.of('concurrency_limit_changed').map(({ from, to, because }) => [from, to, because]),
    [
      [10, 9, 'drop'],
      [9, 10, 'answer'],
      [10, 5, 'reload'],
    ],
  );
});

test('drops among calls that were in flight at a decrease cause no other one', async () => {
  const at = concurrencyWorld({ algorithm: 'aimd', initial: 20 });
  await at.round(3, 10, 'dropped');
  assert.equal(at.concurrency.limit, 18);
  await at.round(1, 10, 'dropped');
  assert.equal(at.concurrency.limit, 18, 'started at the very moment of the decrease');
  await at.clock.advance(1);
  await at.round(1, 10, 'dropped');
  assert.equal(at.concurrency.limit, 16);
});

test('the hint leans on the mean latency of answers: the first one whole, later ones by a tenth', async () => {
  const at = concurrencyWorld({ algorithm: 'aimd', initial: 1, min: 1, max: 1 });
  const hint = async (): Promise<number> => {
    const holding = manual();
    const held = watch(at.concurrency.run({}, holding.run, () => 'ignored'));
    const shed = watch(
      at.concurrency.run(
        {},
        async () => 'x',
        () => 'answered',
      ),
    );
    await at.clock.advance(0);
    holding.resolve('answer');
    await at.clock.advance(0);
    held.value();
    return (shed.error() as OverloadedError).retryAfterMs / 1.25;
  };
  assert.equal(await hint(), 1000);
  await at.round(1, 4000);
  assert.equal(await hint(), 4000);
  await at.round(1, 6000);
  assert.equal(await hint(), 4200);
  await at.round(1, 60_000, 'dropped');
  assert.equal(await hint(), 4200, 'a drop is no answer');
});

test('Gradient2: what is used, fresh and long enough is judged at the very bounds', () => {
  const options = { smoothing: 0.5, tolerance: 1, longWindow: 10, headroom: 4, backoffRatio: 0.9 };
  const answers = (gradient: Gradient2, limit: number, count: number, latencyMs: number, inFlight: number): number => {
    let next = limit;
    for (let each = 0; each < count; each++) next = gradient.next(limit, { latencyMs, inFlight, dropped: false, fresh: true });
    return next;
  };
  assert.equal(answers(new Gradient2(options), 12, 11, 100, 12), 12, 'a round is a limit’s worth');
  assert.equal(answers(new Gradient2(options), 12, 12, 100, 12), 14);
  assert.equal(answers(new Gradient2(options), 12, 12, 100, 6), 14, 'half of it is use');
  assert.equal(answers(new Gradient2(options), 12, 12, 100, 5), 12);
  assert.equal(answers(new Gradient2(options), 2, 9, 100, 2), 2, 'ten answers at least');
  assert.equal(answers(new Gradient2(options), 2, 10, 100, 2), 4);
});

test('Gradient2: its mean is that of the first ten rounds, then moves with its window, and comes down faster from above', () => {
  const options = { smoothing: 1, tolerance: 1, longWindow: 19, headroom: 0, backoffRatio: 0.9 };
  const round = (gradient: Gradient2, latencyMs: number): number => {
    let next = 0;
    for (let each = 0; each < 100; each++) next = gradient.next(100, { latencyMs, inFlight: 100, dropped: false, fresh: true });
    return next;
  };
  const gradient = new Gradient2(options);
  round(gradient, 100);
  assert.equal(round(gradient, 200), 75, 'the mean of 100 and 200, by 200');
  for (let each = 0; each < 8; each++) round(gradient, 150);
  // 150 + (250 − 150) · 2/20 = 160.
  assert.equal(round(gradient, 250), 64);
  const tenth = new Gradient2({ ...options, longWindow: 99 });
  for (let each = 0; each < 9; each++) round(tenth, 100);
  assert.equal(Math.round(round(tenth, 200)), 55, 'the tenth round is one of ten: 110 by 200');
  const above = new Gradient2(options);
  round(above, 1000);
  // (1000 + 100) / 2 = 550, more than twice 100: times 0.95. Next (522.5 · 2 + 500) / 3 = 515 by 1100.
  round(above, 100);
  assert.equal(round(above, 1100).toFixed(3), (100 * Math.max(0.5, (522.5 + (1100 - 522.5) / 3) / 1100)).toFixed(3));
});

test('Gradient2: a mean of exactly twice the latest latency is not brought down faster', () => {
  const gradient = new Gradient2({ smoothing: 1, tolerance: 1, longWindow: 19, headroom: 0, backoffRatio: 0.9 });
  const round = (latencyMs: number): number => {
    let next = 0;
    for (let each = 0; each < 100; each++) next = gradient.next(100, { latencyMs, inFlight: 100, dropped: false, fresh: true });
    return next;
  };
  round(300);
  round(100);
  // The mean is 200; with the next round (200 · 2 + 350) / 3 = 250, by 350.
  assert.equal(round(350).toFixed(3), (100 * (250 / 350)).toFixed(3));
});

test('only a decrease makes what was in flight stale: an answer does not, nor a drop that decreased nothing', async () => {
  const at = concurrencyWorld({ algorithm: 'aimd', initial: 100 });
  const start = (sign: LoadSign) => {
    const work = manual();
    watch(at.concurrency.run({}, work.run, () => sign));
    return async (): Promise<number> => {
      work.resolve('x');
      await at.clock.advance(10);
      return at.concurrency.limit;
    };
  };
  const [answered, first, late] = [start('answered'), start('dropped'), start('dropped')];
  await at.clock.advance(10);
  assert.equal(await answered(), 100);
  assert.equal(await first(), 90, 'in flight at the answer');
  const second = start('dropped');
  await at.clock.advance(10);
  assert.equal(await late(), 90, 'in flight at the decrease');
  assert.equal(await second(), 81, 'in flight at the drop that decreased nothing');
});

test('switched off it learns nothing from what ends', async () => {
  const at = concurrencyWorld({ algorithm: 'aimd', initial: 100, mode: 'off' });
  await at.round(10, 10, 'dropped');
  assert.equal(at.concurrency.limit, 100);
});

test('a limit that is given stays in force, whatever a reload says of the algorithm', async () => {
  const at = layerWorld();
  const concurrency = new ConcurrencyPolicy(resolveConcurrency({ initial: 5 }), { ...at, limit: { next: () => 7 } });
  concurrency.reload({ initial: 5, algorithm: 'aimd' });
  await concurrency.run(
    {},
    async () => 'x',
    () => 'answered',
  );
  assert.equal(concurrency.limit, 7);
});
