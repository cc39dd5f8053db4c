import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeClock, seededRandom, sleep } from '@penstock/clock';
import { Places } from '../../src/workers/places.ts';

const SERVICE_MS = 80;
const CAPACITY = 1000 / SERVICE_MS;
const OVERLOAD_ENDS_MS = 10_000;
const ENDS_MS = 40_000;
const TRIES = 5;
const PATIENCE_MS = 1000;

interface Call {
  readonly startedMs: number;
  readonly answered: boolean;
}

/** One thread, and clients that hang up after a second and try again: 3 times its capacity for 10 s, then 0.8 times. */
async function overload(adaptive: boolean): Promise<readonly Call[]> {
  const clock = new FakeClock(0);
  const places = new Places({ count: 1, adaptive });
  const calls: Promise<Call>[] = [];
  for (const startedMs of arrivals()) {
    clock.timer(startedMs, () => {
      calls.push(call(clock, places).then((answered) => ({ startedMs, answered })));
    });
  }
  await clock.runAll();
  return Promise.all(calls);
}

async function call(clock: FakeClock, places: Places): Promise<boolean> {
  for (let number = 1; number <= TRIES; number++) if (await answeredInTime(clock, places)) return true;
  return false;
}

async function answeredInTime(clock: FakeClock, places: Places): Promise<boolean> {
  const client = new AbortController();
  const patience = clock.timer(PATIENCE_MS, () => client.abort(new Error('hung up')));
  const arrivedMs = clock.monotonic();
  try {
    await places.take(() => 'interactive', client.signal);
  } catch {
    return false;
  }
  const begunMs = clock.monotonic();
  const answered = await sleep(clock, SERVICE_MS, client.signal).then(
    () => true,
    () => false,
  );
  patience.cancel();
  places.release(!answered && begunMs - arrivedMs > clock.monotonic() - begunMs ? 'given_up' : 'served');
  return answered;
}

/** Each at a random moment of its share of the second, so that tries fall out of step. */
function* arrivals(): Generator<number> {
  const random = seededRandom(1, 'arrivals');
  for (let atMs = 0; atMs < ENDS_MS; ) {
    const gapMs = 1000 / (CAPACITY * (atMs < OVERLOAD_ENDS_MS ? 3 : 0.8));
    yield atMs + random.next() * gapMs;
    atMs += gapMs;
  }
}

const shareAnswered = (calls: readonly Call[], fromMs: number, toMs: number): number => {
  const begun = calls.filter(({ startedMs }) => startedMs >= fromMs && startedMs < toMs);
  return begun.filter(({ answered }) => answered).length / begun.length;
};

describe('an overload by clients that retry', () => {
  it('is over with its cause where the newest goes first, and a third of the calls is answered meanwhile', async () => {
    const calls = await overload(true);
    const meanwhile = shareAnswered(calls, 2000, 8000);
    assert.ok(meanwhile > 0.25, `${meanwhile}`);
    assert.equal(shareAnswered(calls, OVERLOAD_ENDS_MS + 5000, ENDS_MS), 1);
  });

  it('outlasts its cause where it is always first come, first served (the comparison)', async () => {
    const calls = await overload(false);
    const meanwhile = shareAnswered(calls, 2000, 8000);
    assert.ok(meanwhile < 0.05, `${meanwhile}`);
    const afterwards = shareAnswered(calls, OVERLOAD_ENDS_MS + 10_000, ENDS_MS - 5000);
    assert.ok(afterwards < 0.5, `${afterwards}`);
  });
});
