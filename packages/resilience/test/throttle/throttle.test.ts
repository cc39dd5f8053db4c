import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptedRandom, seededRandom } from '@penstock/clock';
import { resolveThrottle, ThrottledError, type ThrottleOptions, ThrottlePolicy } from '@penstock/resilience';
import { layerWorld } from '../layer-world.ts';

function throttleWorld(options: Partial<ThrottleOptions> = {}, random = scriptedRandom(0)) {
  const at = layerWorld(random);
  const throttle = new ThrottlePolicy(resolveThrottle(options), at);
  const hear = (accepted: number, rejected: number): void => {
    for (let each = 0; each < accepted; each++) throttle.heard('accepted');
    for (let each = 0; each < rejected; each++) throttle.heard('rejected');
  };
  const call = () =>
    throttle.run(
      async () => 'answer',
      () => 'accepted',
    );
  return { ...at, throttle, hear, call };
}

for (const [accepted, rejected, expected] of [
  [100, 0, 0],
  [50, 50, 0],
  [40, 60, 20 / 101],
  [25, 75, 50 / 101],
  [0, 100, 0.8],
] as const) {
  test(`${accepted} accepted of ${accepted + rejected} refuse with p = ${expected.toFixed(3)}`, () => {
    const at = throttleWorld();
    at.hear(accepted, rejected);
    assert.equal(at.throttle.probability, expected);
  });
}

test('below five requests a second nothing is refused, at five it is', async () => {
  const at = throttleWorld();
  at.hear(0, 24);
  assert.equal(at.throttle.probability, 0, '24 in the first bucket of 5 s');
  at.hear(0, 1);
  assert.equal(at.throttle.probability, 0.8);
  await at.clock.advance(120_000 - 5000);
  assert.equal(at.throttle.probability, 0, '25 in two minutes');
});

test('what is older than the window no longer counts', async () => {
  const at = throttleWorld();
  at.hear(0, 1000);
  await at.clock.advance(115_000);
  assert.equal(at.throttle.snapshot().requests, 1000);
  await at.clock.advance(5000);
  assert.equal(at.throttle.snapshot().requests, 0);
  at.hear(3, 4);
  await at.clock.advance(10_000_000);
  assert.deepEqual([at.throttle.snapshot().requests, at.throttle.snapshot().accepts], [0, 0]);
});

test('a refused call is not sent, counts as a request, and says so', async () => {
  const at = throttleWorld();
  at.hear(0, 100);
  await assert.rejects(at.call(), ThrottledError);
  assert.equal(at.throttle.snapshot().requests, 101);
  assert.deepEqual(
    at.of('throttle_refused').map(({ probability, requests, shadow }) => [probability, requests, shadow]),
    [[0.8, 100, false]],
  );
});

test('neutral ends are not counted, failed work is judged and rethrown', async () => {
  const at = throttleWorld();
  await at.throttle.run(
    async () => 'x',
    () => 'neutral',
  );
  const failing = at.throttle.run(
    async () => Promise.reject(new Error('down')),
    (settled) => ('error' in settled ? 'rejected' : 'accepted'),
  );
  await assert.rejects(failing, /down/);
  assert.deepEqual([at.throttle.snapshot().requests, at.throttle.snapshot().accepts], [1, 0]);
});

test('an engine that accepts nothing still gets one call of five, and is found again when it is back', async () => {
  const at = throttleWorld({}, seededRandom(7));
  let sent = 0;
  let up = false;
  const call = () =>
    at.throttle
      .run(
        async () => void sent++,
        () => (up ? 'accepted' : 'rejected'),
      )
      .catch((error: unknown) => assert.ok(error instanceof ThrottledError));
  for (let each = 0; each < 6000; each++) {
    await call();
    if (each % 50 === 0) await at.clock.advance(1000);
  }
  assert.ok(sent / 6000 > 0.17 && sent / 6000 < 0.24, `${sent} of 6000`);
  up = true;
  for (let second = 0; second < 240; second++) {
    for (let each = 0; each < 50; each++) await call();
    await at.clock.advance(1000);
  }
  assert.equal(at.throttle.probability, 0);
});

test('in shadow mode it tells and sends, off it does not even count', async () => {
  const at = throttleWorld({ mode: 'shadow' });
  at.hear(0, 100);
  assert.equal(await at.call(), 'answer');
  assert.deepEqual(
    at.of('throttle_refused').map(({ shadow }) => shadow),
    [true],
  );
  at.throttle.reload({ mode: 'off' });
  assert.equal(await at.call(), 'answer');
  assert.deepEqual([at.events.length, at.throttle.snapshot().requests], [1, 101]);
});

test('a reload keeps the counts, unless the window is another', () => {
  const at = throttleWorld();
  at.hear(25, 75);
  at.throttle.reload({ k: 3 });
  assert.equal(at.throttle.probability, 25 / 101);
  at.throttle.reload({ k: 3, windowMs: 60_000 });
  assert.equal(at.throttle.snapshot().requests, 0);
});

test('what each moment counts is what its window holds, whichever number is asked for first', async () => {
  const at = throttleWorld({}, scriptedRandom(0.5));
  at.hear(10, 90);
  await at.clock.advance(119_999);
  at.hear(5, 5);
  const { requests, accepts } = at.throttle.snapshot();
  assert.deepEqual([requests, accepts], [110, 15]);
  await at.clock.advance(5000);
  at.hear(1, 0);
  assert.deepEqual([at.throttle.snapshot().accepts, at.throttle.snapshot().requests], [6, 11]);
});

test('chance that meets the probability exactly lets the call pass', async () => {
  const at = throttleWorld({}, scriptedRandom(0.8));
  at.hear(0, 100);
  assert.equal(at.throttle.probability, 0.8);
  assert.equal(await at.call(), 'answer');
  const below = throttleWorld({}, scriptedRandom(0.799));
  below.hear(0, 100);
  await assert.rejects(below.call(), { probability: 0.8, retryAfterMs: 1000 });
});
