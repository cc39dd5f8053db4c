import assert from 'node:assert/strict';
import { once } from 'node:events';
import http, { METHODS } from 'node:http';
import net from 'node:net';
import { test } from 'node:test';
import { TraceFlags, trace } from '@opentelemetry/api';
import { type Clock, seededRandom, systemClock } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import { createLogger, createMetrics, type Metrics, renderJson, renderText, type Tracing, tracingOff } from '@penstock/telemetry';
import { buildServer, type Service } from '../../src/index.ts';

interface World {
  readonly service: Service;
  readonly metrics: Metrics;
  readonly clock: ShiftedClock;
}

/** Begins at a full hour and runs as the system's does; knows how many timers were asked for. */
class ShiftedClock implements Clock {
  shiftMs = 0;
  timers = 0;
  now = (): number => Date.UTC(2030, 0, 1) + this.shiftMs + systemClock.monotonic();
  monotonic = (): number => systemClock.monotonic();
  timer: Clock['timer'] = (...args) => {
    this.timers++;
    return systemClock.timer(...args);
  };
}

function build({ enabled = true, tracing = tracingOff }: { enabled?: boolean; tracing?: Tracing } = {}): World {
  const clock = new ShiftedClock();
  const logger = createLogger({ service: 'engine', version: '0', level: 'silent', format: 'ecs' });
  const metrics = createMetrics({ service: 'engine', enabled, logger, clock });
  const service = buildServer({
    layer: 'engine',
    logger,
    clock,
    tracing,
    metrics,
    drain: { propagationMs: 0, timeoutMs: 1000 },
    health: { service: 'engine', version: '0', startedAt: 0, checks: async () => [] },
  });
  service.app.get('/things/:id', () => ({ ok: true }));
  service.app.get('/busy', () => Promise.reject(new ProblemError('overloaded', 'queue full')));
  return { service, metrics, clock };
}

/** Sends requests over one kept connection; gives their statuses. A socket, since a reply that is injected has no end. */
async function ask(service: Service, requests: readonly (readonly [method: string, path: string])[]): Promise<number[]> {
  if (!service.app.server.listening) await service.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = service.app.server.address() as net.AddressInfo;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const statuses: number[] = [];
  for (const [method, path] of requests) {
    const request = http.request({ host: '127.0.0.1', port, agent, method, path }).end();
    const [reply] = (await once(request, 'response')) as [http.IncomingMessage];
    await once(reply.resume(), 'end');
    statuses.push(reply.statusCode ?? 0);
  }
  agent.destroy();
  await service.inFlight.idle();
  return statuses;
}

/** `method route status` → count. */
async function counted(metrics: Metrics): Promise<Record<string, number>> {
  const rows = (await renderJson(metrics)).histograms.http_server_request_duration_seconds ?? [];
  return Object.fromEntries(rows.map(({ labels, count }) => [`${labels.method} ${labels.route} ${labels.status}`, count]));
}

test('requests count by method, route and status: never by path', async () => {
  const { service, metrics } = build();
  const paths = ['/things/1', '/things/2?x=1', '/busy', '/nowhere', '/things/%zz', `/things/${'x'.repeat(300)}`];
  await ask(service, [...paths.map((path) => ['GET', path] as const), ['HEAD', '/things/1'], ['DELETE', '/things/1']]);
  assert.deepEqual(await counted(metrics), {
    'GET /things/:id 200': 2,
    'GET /busy 503': 1,
    'GET unmatched 404': 1,
    'GET unmatched 400': 1,
    'GET unmatched 414': 1,
    'HEAD /things/:id 200': 1,
    'DELETE unmatched 405': 1,
  });
  await service.stop();
});

test('a request that its client leaves counts once, as 499', async () => {
  const { service, metrics } = build();
  service.app.get('/slow', (request) => {
    return new Promise((_resolve, reject) => {
      request.cancelled.addEventListener('abort', () => reject(request.cancelled.reason));
    });
  });
  await service.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = service.app.server.address() as net.AddressInfo;
  const socket = net.connect(port, '127.0.0.1', () => socket.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n'));
  while (service.inFlight.count === 0) await new Promise(setImmediate);
  socket.destroy();
  await service.inFlight.idle();
  assert.deepEqual(await counted(metrics), { 'GET /slow 499': 1 });
  await service.stop();
});

test('a reply that lasts as long as somebody looks does not count', async () => {
  const { service, metrics } = build();
  service.app.get('/events', { config: { lasting: true } }, () => ({ ok: true }));
  assert.deepEqual(await ask(service, [['GET', '/events']]), [200]);
  assert.deepEqual(await counted(metrics), {});
  await service.stop();
});

test('10,000 random paths and methods make no more series than there are statuses', async () => {
  const { service, metrics } = build();
  const random = seededRandom(7, 'paths');
  const methods = METHODS.filter((method) => method !== 'CONNECT');
  const pick = (from: readonly string[]): string => from[Math.floor(random.next() * from.length)] ?? '';
  const requests = Array.from({ length: 10_000 }, (_, i) => {
    const name = Math.floor(random.next() * 1e12).toString(36);
    return [pick(methods), `/${name}/${i}%20${pick(['', '/', '?q=1', '%2e%2e', '%zz'])}`] as const;
  });
  await ask(service, requests);
  const rows = Object.entries(await counted(metrics));
  assert.equal(
    rows.reduce((sum, [, count]) => sum + count, 0),
    10_000,
  );
  assert.ok(
    rows.every(([labels]) => / unmatched \d+$/.test(labels)),
    JSON.stringify(rows),
  );
  assert.ok(rows.some(([labels]) => labels.startsWith('_OTHER ')));
  assert.ok(rows.length <= 20, `${rows.length} label sets`);
  assert.equal(metrics.guard.problems, 0);
  const { hourly } = await renderJson(metrics);
  assert.equal(hourly[0]?.requests, 10_000);
  await service.stop();
});

test('a request of a kept trace is the exemplar of its bucket', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const span = trace.wrapSpanContext({ traceId, spanId: 'b7ad6b7169203331', traceFlags: TraceFlags.SAMPLED });
  const tracer = { startSpan: () => span, startActiveSpan: () => assert.fail() };
  const { service } = build({ tracing: { ...tracingOff, enabled: true, tracer } });
  await ask(service, [['GET', '/things/1']]);
  const reply = await service.app.inject({ url: '/metrics', headers: { accept: 'application/openmetrics-text' } });
  assert.match(String(reply.headers['content-type']), /^application\/openmetrics-text; version=1\.0\.0/);
  assert.equal(reply.headers.vary, 'accept');
  assert.match(reply.body, new RegExp(`route="/things/:id",status="200"} 1 # {trace_id="${traceId}"}`));
  await service.stop();
});

test('the last 24 hours are told in JSON, without what machines ask all the time', async () => {
  const { service, clock } = build();
  await ask(service, [
    ['GET', '/things/1'],
    ['GET', '/busy'],
    ['GET', '/health/live'],
  ]);
  clock.shiftMs += 3_600_000;
  await ask(service, [['GET', '/things/1']]);
  const { hourly } = (await service.app.inject('/api/metrics?format=json')).json<Awaited<ReturnType<typeof renderJson>>>();
  assert.deepEqual(
    hourly.map(({ requests, success, failed, by_error }) => ({ requests, success, failed, by_error })),
    [
      { requests: 2, success: 1, failed: 1, by_error: { overloaded: 1 } },
      { requests: 1, success: 1, failed: 0, by_error: {} },
    ],
  );
  await service.stop();
});

test('metrics that all throw change no reply', async () => {
  const healthy = build();
  const broken = build();
  for (const metric of broken.metrics.registry.getMetricsAsArray())
    Object.defineProperty(metric, 'sets', { get: () => assert.fail('injected') });
  for (const url of ['/things/1', '/busy', '/nowhere', '/things/%zz', '/health/live', '/health/ready']) {
    const [one, other] = [await broken.service.app.inject(url), await healthy.service.app.inject(url)];
    assert.equal(one.statusCode, other.statusCode);
    assert.equal(one.body, other.body);
    assert.deepEqual(Object.keys(one.headers), Object.keys(other.headers));
  }
  assert.ok(broken.metrics.guard.problems >= 6);
  for (const accept of ['text/plain', 'application/openmetrics-text'])
    assert.equal((await broken.service.app.inject({ url: '/metrics', headers: { accept } })).statusCode, 200);
  assert.equal((await renderText(broken.metrics)).body.trim(), '');
  await Promise.all([healthy, broken].map(({ service }) => service.stop()));
});

test('switched off, metrics have no hook, no timer and no series, and both endpoints say why', async () => {
  const [off, on] = [build({ enabled: false }), build()];
  const waiting: number[] = [];
  for (const { service } of [off, on]) {
    service.app.get('/waiting', (request) => {
      waiting.push(request.atEnd?.length ?? 0);
      return {};
    });
    await service.app.inject('/waiting');
  }
  assert.equal(waiting[1], (waiting[0] ?? 0) + 1, 'one step at the end of each request, and only where metrics are on');
  assert.equal(off.clock.timers, 0);
  for (const url of ['/metrics', '/api/metrics', '/api/metrics?format=json']) {
    const reply = await off.service.app.inject(url);
    assert.equal(reply.statusCode, 501);
    assert.equal(reply.json<{ detail: string }>().detail, 'Metrics are switched off by METRICS_ENABLED=false');
  }
  assert.equal((await renderText(off.metrics)).body.trim(), '');
  assert.deepEqual(off.metrics.hours.summaries(), []);
  await Promise.all([off, on].map(({ service }) => service.stop()));
});
