/** What happens to a request is told by its trace: each way in which a request can end as a whole tree in a real Jaeger. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Jaeger, type JaegerTrace, jaegerAvailable, startJaeger } from '../support/jaeger.ts';
import { requireServer } from '../support/require-server.ts';
import { Cases } from './support/cases.ts';
import { EXPECTED_TREES } from './support/expected-trees.ts';
import { treeOf, unknownNames } from './support/trace-tree.ts';

interface World {
  readonly jaeger: Jaeger;
  readonly cases: Cases;
  readonly folder: string;
}
let world: World | undefined;

before(async () => {
  if (jaegerAvailable() !== true) return;
  const folder = await mkdtemp(path.join(tmpdir(), 'penstock-traces-'));
  const jaeger = await startJaeger();
  world = { jaeger, folder, cases: await Cases.start(jaeger, folder) };
  await world.cases.run();
});
after(async () => {
  if (world === undefined) return;
  await Promise.all([world.cases.stop(), world.jaeger.stop()]);
  await rm(world.folder, { recursive: true });
});

/** The one trace of whoever said so in `User-Agent`. */
async function traceOf({ jaeger }: World, who: string): Promise<JaegerTrace> {
  const traces = await jaeger.search('gateway', { tags: { 'user_agent.original': who } });
  assert.equal(traces.length, 1, `one trace of ${who}`);
  return traces[0] as JaegerTrace;
}

/** Who got the answer that the trace is of. */
const nameIn =
  ({ cases }: World) =>
  (traceId: string): string =>
    [...cases.answers].find(([, { headers }]) => headers.get('traceparent')?.includes(traceId))?.[0] ??
    'a trace that nobody knows';

const TITLES: Readonly<Record<keyof typeof EXPECTED_TREES, string>> = {
  success: 'an analysis that is computed has a span for each step and each estimator',
  'cache hit': 'an analysis that is known ends at the cache',
  retried: 'a success after two failures has three attempts, each with the engine’s half',
  hedged: 'a late read has the attempt that was late and the hedge that won',
  shared: 'an analysis that others wait for looks like any other',
  coalesced: 'a request that joined it has no attempt, and a link to it',
  timeout: 'an attempt that timed out is seen to end in the engine, and is repeated',
  deadline: 'a deadline that passed is told by whose it was, and ends the attempt in the engine',
  'client abort': 'a client that left ends the attempt in the engine, and what the breaker made of it is told',
  shed: 'a request that was shed has no attempt, and says at which limit',
  'worker crash': 'a worker thread that ended lacks its spans, and another one computes',
  failure: 'a call whose attempts all failed has them all, and says why there was no other',
  'failure that opens': 'the call that opens the breaker has the transition',
  'open breaker': 'a call that an open breaker refused has no attempt, and says what that rests on',
  probe: 'the probe that closes the breaker has the transition',
  malformed: 'a request that is none is answered by the engine, whose mistake it is not',
  drain: 'a request that a drain waits for is told whole',
  'drain that lasts': 'a request that a drain ended is told whole, in both services',
};

describe('the trace', () => {
  for (const [who, title] of Object.entries(TITLES) as [keyof typeof EXPECTED_TREES, string][]) {
    it(`of ${title}`, async (t) => {
      if (!requireServer(t, 'Jaeger', jaegerAvailable()) || world === undefined) return;
      const tree = treeOf(await traceOf(world, who), nameIn(world));
      assert.equal(`\n${tree}`, EXPECTED_TREES[who]);
    });
  }

  it('is named in every reply, problems included: traceparent, Server-Timing, trace_id', async (t) => {
    if (!requireServer(t, 'Jaeger', jaegerAvailable()) || world === undefined) return;
    const { cases } = world;
    assert.ok(cases.answers.size >= Object.keys(EXPECTED_TREES).length - 1, 'only the client that left has no answer');
    for (const [who, { status, headers, body }] of cases.answers) {
      const { traceID } = await traceOf(world, who);
      assert.match(headers.get('traceparent') ?? '', new RegExp(`^00-${traceID}-[0-9a-f]{16}-01$`), who);
      const timing = headers.get('server-timing') ?? '';
      assert.ok(timing.includes(`traceparent;desc="${headers.get('traceparent')}"`), `${who}: ${timing}`);
      if (status >= 400) assert.equal(body.trace_id, traceID, who);
    }
  });
});

describe('the trees', () => {
  it('show or leave out attributes of docs/spans.md only', () => {
    assert.deepEqual(unknownNames(), []);
  });
});
