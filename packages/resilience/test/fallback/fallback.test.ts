import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Failure,
  type FallbackOptions,
  FallbackPolicy,
  resolveFallback,
  type Settled,
  type Verdict,
} from '@penstock/resilience';
import { layerWorld } from '../layer-world.ts';

const verdict = (kind: Verdict['kind'], reason: string): Verdict => ({ kind, reason });

function fallbackWorld(reply: (failure: Failure) => string | undefined, options: Partial<FallbackOptions> = {}) {
  const at = layerWorld();
  const fallback = new FallbackPolicy<string>(resolveFallback(options), { ...at, reply });
  const fail = (judged: Verdict) =>
    fallback.run(
      async () => Promise.reject(new Error('down')),
      () => judged,
    );
  return { ...at, fallback, fail };
}

test('a failure is stood in for, visibly, with the verdict that it stands for', async () => {
  const at = fallbackWorld(({ verdict: { reason } }) => `instead of ${reason}`);
  const because = verdict('transient', '503');
  assert.deepEqual(await at.fail(because), { kind: 'fallback', value: 'instead of 503', because });
  assert.deepEqual(
    at.of('fallback_used').map(({ reason, shadow }) => [reason, shadow]),
    [['503', false]],
  );
});

test('an answer is an answer, also one that the verdicts do not name', async () => {
  const at = fallbackWorld(() => 'stand-in');
  for (const judged of [verdict('success', '200'), verdict('permanent', '501'), verdict('neutral', 'cancelled')]) {
    const reply = await at.fallback.run(
      async () => 'answer',
      (_: Settled<string>) => judged,
    );
    assert.deepEqual(reply, { kind: 'answer', value: 'answer' });
  }
  assert.deepEqual(at.events, []);
});

test('an answer with a named verdict is replaced as well', async () => {
  const at = fallbackWorld(() => 'stand-in');
  assert.equal(
    (
      await at.fallback.run(
        async () => '503 page',
        () => verdict('transient', '503'),
      )
    ).kind,
    'fallback',
  );
});

test('an open breaker is stood in for, a client that has gone is not', async () => {
  const at = fallbackWorld(() => 'stand-in');
  assert.equal((await at.fail(verdict('neutral', 'breaker_open'))).kind, 'fallback');
  await assert.rejects(at.fail(verdict('neutral', 'cancelled')), /down/);
  const gone = at.fallback.run(
    async () => Promise.reject(new Error('down')),
    () => verdict('transient', '503'),
    { signal: AbortSignal.abort() },
  );
  await assert.rejects(gone, /down/);
});

test('a hook that has nothing or throws leaves the failure as it was, and the latter is told', async () => {
  await assert.rejects(fallbackWorld(() => undefined).fail(verdict('transient', '503')), /down/);
  const at = fallbackWorld(() => {
    throw new Error('hook');
  });
  await assert.rejects(at.fail(verdict('transient', '503')), /down/);
  assert.deepEqual(
    at.of('fallback_failed').map(({ reason, message }) => [reason, message]),
    [['503', 'hook']],
  );
});

test('in shadow mode it tells and asks nobody; off it does neither', async () => {
  let asked = 0;
  const at = fallbackWorld(() => String(asked++), { mode: 'shadow' });
  await assert.rejects(at.fail(verdict('transient', '503')), /down/);
  assert.deepEqual([asked, at.of('fallback_used')[0]?.shadow], [0, true]);
  at.fallback.reload({ mode: 'off' });
  await assert.rejects(at.fail(verdict('transient', '503')), /down/);
  assert.deepEqual([asked, at.events.length], [0, 1]);
});

test('a client that has gone cannot be configured to get a reply', () => {
  assert.throws(
    () => resolveFallback({ neutralReasons: ['cancelled'] }),
    /fallback.neutralReasons must be without cancelled, got "cancelled"/,
  );
  assert.throws(
    () => resolveFallback({ kinds: ['success'] as never }),
    /fallback.kinds must be one of transient, unknown, permanent, got "success"/,
  );
});

test('a snapshot has the options in force', () => {
  const at = fallbackWorld(() => 'stand-in');
  at.fallback.reload({ kinds: ['permanent'] });
  assert.deepEqual(at.fallback.snapshot(), { kinds: ['permanent'], neutralReasons: ['breaker_open'], mode: 'enforce' });
});

for (const [options, message] of [
  [{ kind: ['unknown'] }, 'fallback.kind is not an option; known are kinds, neutralReasons, mode'],
  [{ kinds: 'unknown' }, 'fallback.kinds must be one of lists of strings, got "unknown"'],
  [{ neutralReasons: ['breaker_open', 7] }, 'fallback.neutralReasons must be one of lists of strings, got ["breaker_open",7]'],
] as const) {
  test(`an option that does not fit is refused: ${message}`, () => {
    assert.throws(() => resolveFallback(options as unknown as Partial<FallbackOptions>), new RangeError(message));
  });
}
