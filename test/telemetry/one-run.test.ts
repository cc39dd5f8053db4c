/** One run of both services and all that it tells: a whole trace of each way in which a request can end, series, log lines. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { SERIES } from '../dashboards/support/registry.ts';
import { type Jaeger, type JaegerTrace, jaegerAvailable, startJaeger, tag } from '../support/jaeger.ts';
import { until } from '../support/process.ts';
import { Prometheus, prometheusAvailable } from '../support/prometheus.ts';
import { requireServer } from '../support/require-server.ts';
import { Cases } from './support/cases.ts';
import { EXPECTED_TREES } from './support/expected-trees.ts';
import { callsIn, rowOf, spansBy } from './support/in-traces.ts';
import { assertEcs, field, logLines } from './support/log-lines.ts';
import { EDGES, foreignNamesOf, namesOf, SERVICES } from './support/signals.ts';
import { treeOf, unknownNames } from './support/trace-tree.ts';

interface World {
  readonly jaeger: Jaeger;
  readonly prometheus: Prometheus | undefined;
  readonly cases: Cases;
  /** Every trace, those of health checks and of Prometheus as well. */
  readonly traces: readonly JaegerTrace[];
}
let world: World | undefined;
/** What ends whatever was started, whether or not the rest could be. */
const ends: (() => Promise<unknown>)[] = [];

before(async () => {
  if (jaegerAvailable() !== true) return;
  const folder = await mkdtemp(path.join(tmpdir(), 'penstock-one-run-'));
  ends.push(() => rm(folder, { recursive: true }));
  const jaeger = await startJaeger();
  ends.push(() => jaeger.stop());
  const cases = await Cases.start(jaeger, folder);
  ends.push(() => cases.stop());
  const prometheus =
    (await prometheusAvailable()) === true ? await Prometheus.start({ targets: cases.targets, intervalS: 1 }) : undefined;
  if (prometheus !== undefined) ends.push(() => prometheus.stop());
  await cases.run(async () => {
    if (prometheus !== undefined) await until('the last scrapes', () => hasSeenAll(prometheus));
  });
  const found = await Promise.all(SERVICES.map((service) => jaeger.search(service, { limit: 10_000 })));
  const traces = [...new Map(found.flat().map((trace) => [trace.traceID, trace])).values()];
  world = { jaeger, prometheus, cases, traces };
});
after(async () => {
  for (const end of ends.toReversed()) await end();
});

/** What the last cases move has been scraped from both. */
async function hasSeenAll(prometheus: Prometheus): Promise<boolean> {
  const last = [
    'sum(circuit_breaker_transitions_total{to_state="closed"}) > 0',
    'sum(reject_total{job="engine"}) > 0',
    'sum(reject_total{job="gateway"}) > 0',
  ];
  return (await Promise.all(last.map((expression) => prometheus.holds(expression)))).every(Boolean);
}

function worldFor(t: TestContext): World | undefined {
  return requireServer(t, 'Jaeger', jaegerAvailable()) ? world : undefined;
}

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
  'queue full': 'an analysis that the engine’s queue has no place for is sent again, and has each refusal of the engine',
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
      const world = worldFor(t);
      if (world === undefined) return;
      const tree = treeOf(await traceOf(world, who), nameIn(world));
      assert.equal(`\n${tree}`, EXPECTED_TREES[who]);
    });
  }

  it('is named in every reply, problems included: traceparent, Server-Timing, trace_id', async (t) => {
    const world = worldFor(t);
    if (world === undefined) return;
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

describe('each service', () => {
  for (const service of SERVICES) {
    it(`${service}: has the spans of the table in Jaeger, and no others`, (t) => {
      const world = worldFor(t);
      if (world === undefined) return;
      const rows = spansBy(world.traces, service).map((span) => rowOf(service, span));
      assert.deepEqual([...new Set(rows)].toSorted(), namesOf('span', service).toSorted());
    });

    it(`${service}: is scraped, and has the series of the table in Prometheus and none that docs/metrics.md lacks`, async (t) => {
      if (!requireServer(t, 'Prometheus', await prometheusAvailable())) return;
      const prometheus = worldFor(t)?.prometheus;
      if (prometheus === undefined) return;
      assert.ok(await prometheus.holds(`max_over_time(up{job="${service}"}[1h]) == 1`), 'up');
      const registered = SERIES.filter(({ services }) => services.includes(service));
      const samples = new Map(
        registered.flatMap(({ name, type }) =>
          (type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']).map((end) => [`${name}${end}`, name]),
        ),
      );
      const scraped = (await prometheus.names(service)).filter((name) => !/^(up$|scrape_)/.test(name));
      assert.deepEqual(
        scraped.filter((name) => !samples.has(name)),
        [],
        'in docs/metrics.md',
      );
      const seen = new Set(scraped.map((name) => samples.get(name)));
      assert.deepEqual(
        namesOf('series', service).filter((name) => !seen.has(name)),
        [],
        'missing',
      );
      assert.deepEqual(
        foreignNamesOf('series', service).filter((name) => seen.has(name)),
        [],
        'of another service',
      );
    });

    it(`${service}: logs in ECS, with the lines of the table and trace ids that are in Jaeger`, (t) => {
      const world = worldFor(t);
      if (world === undefined) return;
      const lines = logLines(world.cases.output[service]);
      for (const line of lines) assertEcs(line, service);
      const messages = lines.map((line) => String(field(line, 'message')));
      const isLogged = (name: string): boolean => messages.some((message) => message.startsWith(name));
      assert.deepEqual(
        namesOf('log', service).filter((name) => !isLogged(name)),
        [],
        'missing',
      );
      assert.deepEqual(foreignNamesOf('log', service).filter(isLogged), [], 'of another service');
      const known = new Set(world.traces.map(({ traceID }) => traceID));
      const ids = lines.map((line) => field(line, 'trace.id')).filter((id) => id !== undefined);
      assert.deepEqual(
        ids.filter((id) => !known.has(String(id))),
        [],
        'trace ids that Jaeger does not know',
      );
    });

    it(`${service}: tells of attempts and faults under the trace of their request`, (t) => {
      const world = worldFor(t);
      if (world === undefined) return;
      const lines = logLines(world.cases.output[service]).filter((line) =>
        /^\[(Retry\] Attempt|Fault\] Injected)/.test(String(field(line, 'message'))),
      );
      assert.ok(lines.length > 0);
      for (const line of lines) assert.ok(field(line, 'trace.id') !== undefined, JSON.stringify(line));
    });

    it(`${service}: has one line for each request, under the ids of its span`, (t) => {
      const world = worldFor(t);
      if (world === undefined) return;
      const told = logLines(world.cases.output[service])
        .filter((line) => field(line, 'event.duration') !== undefined)
        .map((line) => `${field(line, 'trace.id')} ${field(line, 'span.id')} ${field(line, 'http.response.status_code')}`);
      const spans = spansBy(world.traces, service)
        .filter((span) => tag(span, 'span.kind') === 'server')
        .map((span) => `${span.traceID} ${span.spanID} ${tag(span, 'http.response.status_code')}`);
      assert.deepEqual(told.toSorted(), spans.toSorted());
    });
  }
});

describe('the log lines of the breaker', () => {
  it('have the trace of the call that moved it, and none where no call did', async (t) => {
    const world = worldFor(t);
    if (world === undefined) return;
    const lines = logLines(world.cases.output.gateway);
    const traceOfLine = (message: string): unknown => {
      const line = lines.find((each) => String(field(each, 'message')).startsWith(message));
      assert.ok(line !== undefined, message);
      return field(line, 'trace.id');
    };
    assert.equal(traceOfLine('Circuit breaker OPEN for '), (await traceOf(world, 'failure that opens')).traceID);
    assert.equal(traceOfLine('Readiness of '), undefined);
    assert.equal(traceOfLine('Circuit breaker HALF-OPEN for '), undefined);
    assert.equal(traceOfLine('Circuit breaker CLOSED for '), (await traceOf(world, 'probe')).traceID);
  });
});

describe('calls between services', () => {
  it('are those of the table, as Jaeger counts them', async (t) => {
    const world = worldFor(t);
    if (world === undefined) return;
    assert.deepEqual((await world.jaeger.services()).toSorted(), [...SERVICES].toSorted());
    const calls = callsIn(world.traces);
    const edges = EDGES.map(({ from, to }) => ({
      parent: from,
      child: to,
      callCount: calls.filter((call) => call.from === from && call.to === to).length,
    }));
    const others = (await world.jaeger.dependencies()).filter(({ parent, child }) => parent !== child);
    assert.deepEqual(others, edges);
  });

  it('are of the routes of the table, from the span of an attempt to that of a request', (t) => {
    const world = worldFor(t);
    if (world === undefined) return;
    const told = callsIn(world.traces).map(({ from, to, caller, callee }) => `${from} ${caller} → ${to} ${callee}`);
    const expected = EDGES.flatMap(({ from, to, routes }) =>
      routes.map((route) => `${from} client ${route} → ${to} server ${route}`),
    );
    assert.deepEqual([...new Set(told)].toSorted(), expected.toSorted());
  });
});
