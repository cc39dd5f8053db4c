import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { FakeClock, systemClock } from '@penstock/clock';
import { KEEP_TRACES_PATH, MAX_KEPT_TRACES } from '@penstock/contracts';
import { createMetrics, type KeptListener, tracingOff } from '@penstock/telemetry';
import { KeepMessages } from '../../src/tracing/keep-messages.ts';
import { MAX_WAITING_IDS } from '../../src/tracing/mailbox.ts';
import { type Script, ScriptedEngine, silence, status } from '../support/scripted-engine.ts';
import { until } from '../support/test-gateway.ts';

const taken: Script = (_received, response) => void response.writeHead(204).end();
const idOf = (index: number): string => (index + 1).toString(16).padStart(32, '0');
const idsIn = (body: string): readonly string[] => (JSON.parse(body) as { trace_ids: string[] }).trace_ids;

/** Messages to these engines, and what the tail rule would call. */
function world(engines: readonly string[], clock = systemClock) {
  let keep: KeptListener = () => assert.fail('nobody listens');
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const tracing = {
    ...tracingOff,
    onKept: (listener: KeptListener) => {
      keep = listener;
    },
  };
  const messages = new KeepMessages(
    engines.map((url) => new URL(url)),
    { clock, tracing, metrics },
  );
  const counted = async (result: string): Promise<number> => {
    const { values } = await metrics.registry.getSingleMetric('trace_tail_told_total')!.get();
    return values.find(({ labels }) => labels.result === result)?.value ?? 0;
  };
  return { messages, keep: (id: string, ...callees: string[]) => keep(id, new Set(callees)), counted };
}

describe('the engines that a trace called', () => {
  let engines: readonly ScriptedEngine[];
  before(async () => {
    engines = [await ScriptedEngine.start(taken), await ScriptedEngine.start(taken)];
  });
  after(async () => {
    await Promise.all(engines.map((engine) => engine.stop()));
  });
  beforeEach(() => {
    for (const engine of engines) {
      engine.requests.length = 0;
      engine.script = taken;
    }
  });
  const urls = () => engines.map(({ url }) => url) as [string, string];

  it('are told in one message that it is kept, and no other engine is', async () => {
    const { messages, keep, counted } = world(urls());
    const [first, second] = urls();
    keep(idOf(1), first);
    keep(idOf(2), first);
    keep(idOf(2), first);
    await until('the message', () => engines[0]?.requests.length === 1);
    keep(idOf(3), first, second, 'http://elsewhere');
    await messages.close();
    const [one, other] = engines.map(({ requests }) => requests);
    assert.deepEqual(
      one?.map(({ method, path }) => `${method} ${path}`),
      [`POST ${KEEP_TRACES_PATH}`, `POST ${KEEP_TRACES_PATH}`],
    );
    assert.deepEqual(
      one?.map(({ body }) => idsIn(body)),
      [[idOf(1), idOf(2)], [idOf(3)]],
    );
    assert.deepEqual(
      other?.map(({ body }) => idsIn(body)),
      [[idOf(3)]],
    );
    assert.equal(await counted('told'), 4);
    assert.equal(await counted('lost'), 0);
  });

  it('are told what waits when the gateway closes, in as many messages as it takes', async () => {
    const { messages, keep, counted } = world(urls());
    for (let index = 0; index < 2 * MAX_KEPT_TRACES + 1; index++) keep(idOf(index), urls()[0]);
    await messages.close();
    assert.deepEqual(
      engines[0]?.requests.map(({ body }) => idsIn(body).length),
      [MAX_KEPT_TRACES, MAX_KEPT_TRACES, 1],
    );
    assert.equal(await counted('told'), 2 * MAX_KEPT_TRACES + 1);
  });

  it('that do not take the message lose it, once, and it is counted', async () => {
    const { messages, keep, counted } = world(urls());
    engines[0]!.script = status(500);
    keep(idOf(1), urls()[0]);
    await until('the loss', async () => (await counted('lost')) === 1);
    engines[0]!.script = taken;
    keep(idOf(2), urls()[0]);
    await messages.close();
    assert.deepEqual([await counted('told'), await counted('lost')], [1, 1]);
    assert.equal(engines[0]?.requests.length, 2);
  });

  it('that never answer are given up, and the ids that wait for them are bounded', async () => {
    const clock = new FakeClock();
    const { messages, keep, counted } = world(urls(), clock);
    engines[0]!.script = silence;
    for (let index = 0; index < MAX_WAITING_IDS + 7; index++) keep(idOf(index), urls()[0]);
    assert.equal(await counted('lost'), 7);
    await clock.advance(100);
    await until('the message', () => engines[0]?.requests.length === 1);
    const closed = messages.close().then(() => true);
    await until('the end', async () => {
      await clock.advance(1000);
      return Promise.race([closed, false]);
    });
    assert.equal(await counted('lost'), MAX_WAITING_IDS + 7);
    assert.equal(await counted('told'), 0);
  });

  it('that are away cost nothing but the message', async () => {
    const gone = await ScriptedEngine.start();
    await gone.stop();
    const { messages, keep, counted } = world([gone.url]);
    keep(idOf(1), gone.url);
    await messages.close();
    assert.equal(await counted('lost'), 1);
  });
});
