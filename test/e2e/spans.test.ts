/** Every span of a scripted run is one that docs/spans.md knows, in one whole trace for each request. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type CollectedSpan, startOtlpCollector } from '../support/otlp-collector.ts';
import { Pair } from '../support/pair.ts';
import { until } from '../support/process.ts';
import { analysisRequest, analyze, send, upload } from '../support/requests.ts';
import { namesIn, tableOf } from '../support/spans-document.ts';

interface KnownSpan {
  readonly name: string;
  readonly pattern: RegExp;
  readonly kind: string;
  readonly by: readonly string[];
  readonly attributes: ReadonlySet<string>;
}
const SPANS: readonly KnownSpan[] = tableOf('Spans').map(([name, kind, by, , attributes]) => {
  const plain = namesIn(name)[0] ?? '';
  // A request that met no route has its method alone.
  const source = plain === '{method} {route}' ? '[A-Z]+( /.*)?' : plain.replace(/\{\w+\}/g, '.+');
  const pattern = new RegExp(`^${source}$`);
  return { name: plain, pattern, kind: kind ?? '', by: (by ?? '').split(', '), attributes: new Set(namesIn(attributes)) };
});
const TYPES: ReadonlyMap<string, string> = new Map(
  tableOf('Attributes').map(([name, type]) => [namesIn(name)[0] ?? '', type ?? '']),
);
const EVENTS: ReadonlySet<string> = new Set(tableOf('Events').map(([name]) => namesIn(name)[0] ?? ''));

const knownSpan = ({ name, kind, service }: CollectedSpan): KnownSpan | undefined =>
  SPANS.find((known) => known.kind === kind && known.by.includes(service) && known.pattern.test(name));

function isOfType(value: unknown, type: string | undefined): boolean {
  if (type === 'int') return Number.isInteger(value);
  return typeof value === (type === 'double' ? 'number' : type);
}

const strangers = (attributes: Readonly<Record<string, unknown>>, allowed?: ReadonlySet<string>): string[] =>
  Object.entries(attributes)
    .filter(([name, value]) => !isOfType(value, TYPES.get(name)) || allowed?.has(name) === false)
    .map(([name, value]) => `${name}=${String(value)}`);

const HEDGE_DELAY_MS = 500;
const HEAVY = { bootstrap: 300, figures: false, estimators: ['aipw'] };
const json = { 'content-type': 'application/json' };

/** One request of each kind; every answer is one that the script expects. */
async function run(pair: Pair): Promise<void> {
  const { gatewayUrl: gateway, engineUrl: engine } = pair;
  const expect = async (what: string, status: number, answer: Promise<{ readonly status: number }>): Promise<void> =>
    assert.equal((await answer).status, status, what);

  await expect('a success', 200, analyze(gateway, analysisRequest()));
  await expect('the cache', 200, analyze(gateway, analysisRequest()));
  await expect('draws', 200, analyze(gateway, analysisRequest({ bootstrap: 20 })));
  const equal = analysisRequest({ ...HEAVY, seed: 1 });
  await Promise.all([1, 2, 3].map((each) => expect(`coalesced ${each}`, 200, analyze(gateway, equal))));
  const same = analysisRequest({ ...HEAVY, seed: 2 });
  await Promise.all([1, 2].map((each) => expect(`duplicate ${each}`, 200, analyze(engine, same))));
  for (const time of ['first', 'replayed'])
    await expect(time, 200, analyze(gateway, analysisRequest({ seed: 3 }), { 'idempotency-key': 'once' }));

  await expect('malformed', 400, send(`${gateway}/api/analyze/comprehensive`, { method: 'POST', headers: json, body: '{' }));
  await expect('no column', 422, analyze(gateway, { dataset_id: 'test', mapping: { y: 'none', treatment: 'w' } }));
  await expect('no route', 404, send(`${gateway}/nowhere`));
  await expect('no method', 405, send(`${gateway}/api/estimators`, { method: 'PROPFIND' }));
  await expect('a list', 200, send(`${gateway}/api/figures`));
  const id = await upload(gateway, 'a,b\n1,2\n3,4\n');
  await expect('a data set', 200, send(`${gateway}/api/datasets/${id}`));
  await expect('its end', 204, send(`${gateway}/api/datasets/${id}`, { method: 'DELETE' }));

  await expect(
    'too late',
    504,
    analyze(gateway, analysisRequest({ ...HEAVY, seed: 4, bootstrap: 2000 }), { 'request-timeout': '0.2' }),
  );
  const leaving = AbortSignal.timeout(200);
  await assert.rejects(analyze(gateway, analysisRequest({ ...HEAVY, seed: 5, bootstrap: 2000 }), {}, leaving));

  const faults = (list: readonly object[]) =>
    expect(
      'faults',
      200,
      send(`${engine}/admin/faults`, { method: 'PUT', headers: json, body: JSON.stringify({ faults: list }) }),
    );
  await faults([{ name: 'late', kind: 'latency', percent: 100, route: '/api/figures', delay_ms: 2 * HEDGE_DELAY_MS }]);
  await expect('a late read, hedged', 200, send(`${gateway}/api/figures`));
  await faults([{ name: 'down', kind: 'error', percent: 100, status: 503 }]);
  for (let seed = 10; seed < 15; seed++) await expect('down', 503, analyze(gateway, analysisRequest({ seed })));
  await expect('refused', 503, analyze(gateway, analysisRequest({ seed: 15 })));
  await faults([]);
  await until(
    'the engine to be let in again',
    async () => (await analyze(gateway, analysisRequest({ seed: 16 }))).status === 200,
  );
}

describe('the spans of a scripted run', () => {
  let spans: readonly CollectedSpan[] = [];
  before(async () => {
    const collector = await startOtlpCollector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, FAULTS_ENABLED: 'true', DRAIN_PROPAGATION_MS: '0' };
    const pair = await Pair.start({
      engineEnv: env,
      gatewayEnv: { ...env, RETRY_BASE_MS: '5', BREAKER_READINESS_MS: '100', HEDGE_DELAY_MS: String(HEDGE_DELAY_MS) },
    });
    try {
      await run(pair);
      // Whatever a service has recorded is sent before it exits.
      for (const service of [pair.gateway, pair.engine]) {
        service.kill('SIGTERM');
        assert.deepEqual(await service.exited, { code: 0, signal: null });
      }
      spans = collector.spans;
    } finally {
      await pair.stop();
      await collector.stop();
    }
  });

  it('are all in docs/spans.md, with no attribute that is not, and of the types there', () => {
    const unknown = spans.filter((span) => knownSpan(span) === undefined);
    assert.deepEqual(
      unknown.map(({ service, kind, name }) => `${service} ${kind} ${name}`),
      [],
    );
    for (const span of spans) {
      assert.deepEqual(strangers(span.attributes, knownSpan(span)?.attributes), [], `${span.service} ${span.kind} ${span.name}`);
      for (const { attributes } of span.links) assert.deepEqual(strangers(attributes), [], `a link of ${span.name}`);
    }
  });

  it('have events that are all there too', () => {
    for (const { name, attributes } of spans.flatMap(({ events }) => events)) {
      assert.ok(EVENTS.has(name), `${name} is in docs/spans.md`);
      assert.deepEqual(strangers(attributes), [], name);
    }
  });

  it('are of every kind that is in docs/spans.md', () => {
    const missing = SPANS.flatMap((known) => known.by.map((service) => ({ known, service }))).filter(
      ({ known, service }) => !spans.some((span) => span.service === service && knownSpan(span) === known),
    );
    assert.deepEqual(
      missing.map(({ known, service }) => `${service} ${known.kind} ${known.name}`),
      [],
    );
  });

  it('are one whole trace for each request: one root, and every parent there', () => {
    const traces = Map.groupBy(spans, ({ traceId }) => traceId);
    assert.ok(traces.size > 20, `${traces.size} traces`);
    for (const [traceId, trace] of traces) {
      const ids = new Set(trace.map(({ spanId }) => spanId));
      assert.equal(ids.size, trace.length, `${traceId}: each span once`);
      assert.equal(trace.filter(({ parent }) => parent === undefined).length, 1, `${traceId}: one root`);
      for (const { name, parent } of trace) assert.ok(parent === undefined || ids.has(parent), `${traceId}: parent of ${name}`);
    }
  });

  it('link each request that shared a computation to the one that made it', () => {
    const linked = spans.filter(({ links }) => links.length > 0);
    const told = linked.map(({ service, links }) => `${service} ${String(links[0]?.attributes['penstock.link'])}`).toSorted();
    assert.deepEqual(told, ['engine coalesced', 'gateway coalesced', 'gateway coalesced', 'gateway replayed']);
    for (const { service, name, links } of linked) {
      const target = spans.find(({ spanId, traceId }) => spanId === links[0]?.spanId && traceId === links[0]?.traceId);
      assert.deepEqual([target?.service, target?.name, target?.kind], [service, name, 'server']);
    }
  });

  it('show what a worker thread did inside the request that it did it for', () => {
    const estimators = spans.filter(({ name }) => name.startsWith('estimator '));
    assert.ok(estimators.length > 10);
    for (const { parent, traceId, attributes } of estimators) {
      const request = spans.find(({ spanId }) => spanId === parent);
      assert.equal(request?.kind, 'server');
      assert.equal(request?.traceId, traceId);
      assert.ok(Number(attributes['penstock.worker.id']) > 0, 'not in the main thread');
    }
  });
});
