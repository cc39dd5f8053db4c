import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { FakeClock, scriptedRandom } from '@penstock/clock';
import { BudgetPolicy, createPipeline, HedgePolicy, type PolicyEvent, resolveBudget, resolveHedge } from '@penstock/resilience';
import { classify, ok } from './world.ts';

function pipelineWith(listeners: {
  readonly onEvent?: (event: PolicyEvent) => void;
  readonly onListenerError?: (error: unknown, event: PolicyEvent) => void;
}) {
  return createPipeline({}, { name: 'engine', clock: new FakeClock(), random: scriptedRandom(0.5), classify, ...listeners });
}

const CALL = { totalMs: 1000 };

test('the call’s listener and the pipeline’s hear the same events, the call’s first', async () => {
  const heard: string[] = [];
  const pipeline = pipelineWith({ onEvent: ({ type }) => void heard.push(`pipeline ${type}`) });
  await pipeline.execute(ok, { ...CALL, onEvent: ({ type }) => void heard.push(`call ${type}`) });
  assert.ok(heard.length >= 6);
  assert.deepEqual(heard.slice(0, 2), ['call attempt_started', 'pipeline attempt_started']);
  assert.equal(heard.filter((line) => line.startsWith('call')).length, heard.length / 2);
});

test('either listener alone hears them, and none is needed', async () => {
  const heard: string[] = [];
  await pipelineWith({}).execute(ok, { ...CALL, onEvent: ({ type }) => void heard.push(type) });
  assert.ok(heard.includes('call_finished'));
  const alone: string[] = [];
  await pipelineWith({ onEvent: ({ type }) => void alone.push(type) }).execute(ok, CALL);
  assert.deepEqual(alone, heard);
  const silent = pipelineWith({});
  await silent.execute(ok, CALL);
  silent.reload({});
  assert.equal(silent.snapshot().listenerErrors, 0);
});

test('what a listener throws, or its promise rejects with, goes to the handler with the event; the call does not see it', async () => {
  for (const throwing of [
    () => {
      throw new Error('a listener');
    },
    async () => Promise.reject(new Error('a listener')),
  ]) {
    const told: string[] = [];
    const onListenerError = (error: unknown, { type }: PolicyEvent) => void told.push(`${String(error)} at ${type}`);
    const pipeline = pipelineWith({ onEvent: throwing, onListenerError });
    assert.deepEqual(await pipeline.execute(ok, CALL), { status: 200 });
    await turnOfTheLoop();
    assert.ok(told.includes('Error: a listener at call_finished'));
    assert.equal(pipeline.snapshot().listenerErrors, told.length);
  }
});

test('without a handler they are counted all the same, and a handler that throws counts twice', async () => {
  const onEvent = ({ type }: PolicyEvent) => {
    if (type === 'call_finished') throw new Error('a listener');
  };
  const unheard = pipelineWith({ onEvent });
  await unheard.execute(ok, CALL);
  assert.equal(unheard.snapshot().listenerErrors, 1);
  const onListenerError = () => {
    throw new Error('the handler');
  };
  const both = pipelineWith({ onEvent, onListenerError });
  await both.execute(ok, CALL);
  assert.equal(both.snapshot().listenerErrors, 2);
});

test('a policy that nobody listens to has no errors of listeners', async () => {
  const clock = new FakeClock();
  const budget = new BudgetPolicy(resolveBudget(), clock);
  const hedge = new HedgePolicy(resolveHedge({ delay: { kind: 'fixed', ms: 10 } }), { name: 'engine', clock, budget });
  const call = hedge.run({ remainingMs: 1000, mayHedge: true }, ({ number }) =>
    number === 1 ? new Promise<string>(() => undefined) : Promise.resolve('second'),
  );
  await clock.advance(10);
  assert.deepEqual([await call, hedge.listenerErrors], ['second', 0]);
});
