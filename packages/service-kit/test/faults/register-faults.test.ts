import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, it } from 'node:test';
import { systemClock } from '@penstock/clock';
import type { Problem } from '@penstock/contracts';
import { createLogger, createMetrics, renderText, type Tracing, tracingOff } from '@penstock/telemetry';
import type { Fault } from '../../src/faults/fault.ts';
import { buildServer, ConfigError, type Service } from '../../src/index.ts';

interface World {
  readonly service: Service;
  readonly base: string;
  readonly port: number;
  readonly logs: () => string;
  readonly events: { name: string; attributes: Record<string, unknown> }[];
  readonly metric: (series: string) => Promise<string | undefined>;
}

const open: Service[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((service) => service.stop()));
});

function build(faults: readonly Fault[] | undefined) {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: 'engine', version: '0', level: 'info', format: 'ecs', stream });
  const metrics = createMetrics({ service: 'engine', enabled: true, logger });
  const { tracing, events } = tracingOfEvents();
  const service = buildServer({
    layer: 'engine',
    logger,
    clock: systemClock,
    tracing,
    metrics,
    faults: faults && { seed: 1, faults },
    drain: { propagationMs: 0, timeoutMs: 1000 },
    health: { service: 'engine', version: '0', startedAt: 0, checks: async () => [] },
  });
  service.app.get('/things/:id', () => ({ ok: true }));
  service.app.post('/things', () => ({ ok: true }));
  return { service, metrics, events, logs: () => lines.join('') };
}

/** Keeps the events of all spans. */
function tracingOfEvents(): { tracing: Tracing; events: World['events'] } {
  const events: World['events'] = [];
  const span = {
    spanContext: () => ({ traceId: '1'.padStart(32, '0'), spanId: '2'.padStart(16, '0'), traceFlags: 1 }),
    setAttribute: () => span,
    setAttributes: () => span,
    addEvent: (name: string, attributes: Record<string, unknown>) => {
      events.push({ name, attributes: JSON.parse(JSON.stringify(attributes)) as Record<string, unknown> });
      return span;
    },
    setStatus: () => span,
    isRecording: () => true,
    recordException: () => undefined,
    end: () => undefined,
  };
  return { tracing: { ...tracingOff, enabled: true, tracer: { startSpan: () => span } as unknown as Tracing['tracer'] }, events };
}

async function start(faults?: readonly Fault[], host = '127.0.0.1'): Promise<World> {
  const { service, metrics, events, logs } = build(faults);
  open.push(service);
  await service.app.listen({ host, port: 0 });
  const { port } = service.app.server.address() as { port: number };
  const metric = async (series: string) => (await renderText(metrics)).body.split('\n').find((line) => line.startsWith(series));
  return { service, base: `http://127.0.0.1:${port}`, port, logs, events, metric };
}

const always = { name: 'test', percent: 100 } as const;
const put = (base: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${base}/admin/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('an injected fault', () => {
  it('of kind error takes the place of the reply, and is marked in reply, log, span and metric', async () => {
    const { base, logs, events, metric } = await start([{ ...always, kind: 'error', status: 503, retry_after_s: 3 }]);
    const reply = await fetch(`${base}/things/1`);
    const problem = (await reply.json()) as Problem;
    assert.equal(reply.status, 503);
    assert.equal(reply.headers.get('retry-after'), '3');
    assert.equal(reply.headers.get('penstock-fault'), 'test');
    assert.match(reply.headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal(problem.code, 'injected_fault');
    assert.match(problem.detail, /on purpose by the fault test/);
    assert.match(logs(), /\[Fault\] Injected status 503 by fault test on GET \/things\/:id/);
    assert.deepEqual(events, [
      {
        name: 'fault.injected',
        attributes: { 'penstock.fault.name': 'test', 'penstock.fault.kind': 'error', 'http.response.status_code': 503 },
      },
    ]);
    assert.equal(await metric('faults_injected_total'), 'faults_injected_total{fault="test",kind="error",route="/things/:id"} 1');
  });

  it('of kind latency delays the reply, which is otherwise whole', async () => {
    const { base, logs } = await start([{ ...always, kind: 'latency', delay_ms: 60, jitter_ms: 0 }]);
    const began = performance.now();
    const reply = await fetch(`${base}/things/1`);
    assert.deepEqual(await reply.json(), { ok: true });
    assert.ok(performance.now() - began >= 59);
    assert.equal(reply.headers.get('penstock-fault'), 'test');
    assert.match(logs(), /\[Fault\] Injected 60 ms of latency by fault test/);
  });

  it('of kind latency ends with its client, so that nothing is left waiting', async () => {
    const { base, service } = await start([{ ...always, kind: 'latency', delay_ms: 600_000, jitter_ms: 0 }]);
    const leaving = new AbortController();
    const pending = fetch(`${base}/things/1`, { signal: leaving.signal });
    while (service.inFlight.count === 0) await new Promise(setImmediate);
    leaving.abort();
    await assert.rejects(pending);
    await service.inFlight.idle();
  });

  it('of kind abort resets the connection', async () => {
    const { port, service, logs } = await start([{ ...always, kind: 'abort' }]);
    const request = http.get({ host: '127.0.0.1', port, path: '/things/1' });
    const [error] = (await once(request, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNRESET');
    await service.inFlight.idle();
    assert.match(logs(), /\[Fault\] Injected a reset connection by fault test/);
  });

  it('never touches health, and nothing where it is not enabled', async () => {
    const { base } = await start([{ ...always, kind: 'abort' }]);
    assert.equal((await fetch(`${base}/health/ready`)).status, 200);
    const off = await start();
    assert.equal((await fetch(`${off.base}/things/1`)).status, 200);
    assert.equal((await put(off.base, { faults: [] })).status, 404);
  });

  it('on a route that the service does not have stops the start in one line', async () => {
    const { service } = build([{ ...always, kind: 'abort', route: '/thing' }]);
    await assert.rejects(
      async () => service.app.ready(),
      (error: unknown) => error instanceof ConfigError && error.message === 'FAULTS: /0/route is not a route of this service',
    );
    await service.app.close();
  });
});

describe('/admin/faults', () => {
  it('replaces the faults at run time, tells them, and says so in the log', async () => {
    const { base, logs } = await start([]);
    assert.equal((await fetch(`${base}/things/1`)).status, 200);
    const reply = await put(base, { seed: 9, faults: [{ name: 'down', kind: 'error', percent: 100, status: 500 }] });
    assert.equal(reply.status, 200);
    const settings = { seed: 9, faults: [{ name: 'down', kind: 'error', percent: 100, status: 500 }] };
    assert.deepEqual(await reply.json(), settings);
    assert.equal((await fetch(`${base}/things/1`)).status, 500);
    assert.deepEqual(await (await fetch(`${base}/admin/faults`)).json(), settings);
    assert.match(logs(), /\[Fault\] Faults replaced: down \(error, 100 %\); seed 9/);
    assert.equal((await put(base, { faults: [] })).status, 200);
    assert.equal((await fetch(`${base}/things/1`)).status, 200);
    assert.match(logs(), /\[Fault\] Faults replaced: none/);
  });

  const bad: readonly [unknown, string][] = [
    [[], '/'],
    [{}, '/faults'],
    [{ faults: {} }, '/faults'],
    [{ faults: [{ kind: 'abort' }] }, '/faults/0/percent'],
    [{ faults: [{ kind: 'abort', percent: 1, route: '/thing' }] }, '/faults/0/route'],
    [{ faults: [], seed: -1 }, '/seed'],
    [{ faults: [], rules: [] }, '/rules'],
  ];
  for (const [body, field] of bad) {
    it(`refuses ${JSON.stringify(body)}, naming ${field}, and changes nothing`, async () => {
      const { base } = await start([{ ...always, kind: 'error', status: 599 }]);
      const reply = await put(base, body);
      const problem = (await reply.json()) as Problem;
      assert.equal(reply.status, 400);
      assert.equal(problem.code, 'invalid_request');
      assert.equal(problem.errors?.[0]?.field, field);
      assert.equal((await fetch(`${base}/things/1`)).status, 599);
    });
  }

  it('refuses what is not JSON', async () => {
    const { base } = await start([]);
    assert.equal((await put(base, '{')).status, 400);
  });

  it('refuses what a proxy forwards', async () => {
    const { base } = await start([]);
    for (const headers of [{ 'x-forwarded-for': '10.0.0.1' }, { forwarded: 'for=10.0.0.1' }]) {
      const reply = await put(base, { faults: [] }, headers as Record<string, string>);
      assert.equal(reply.status, 403);
      assert.equal(((await reply.json()) as Problem).code, 'forbidden');
    }
  });

  it('refuses callers from other addresses', async (t) => {
    const address = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
    if (address === undefined) return t.skip('skipped: this machine has no address but loopback');
    const { port } = await start([], '0.0.0.0');
    assert.equal((await put(`http://${address}:${port}`, { faults: [] })).status, 403);
    assert.equal((await put(`http://127.0.0.1:${port}`, { faults: [] })).status, 200);
  });
});
