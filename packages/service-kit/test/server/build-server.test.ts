import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '@penstock/clock';
import { ERROR_TABLE, type ErrorCode, type Problem, ProblemError } from '@penstock/contracts';
import { createLogger, createMetrics, tracingOff } from '@penstock/telemetry';
import Type from 'typebox';
import { buildServer, type Service } from '../../src/index.ts';

function build(): Service {
  const logger = createLogger({ service: 'engine', version: '0', level: 'silent', format: 'ecs' });
  return buildServer({
    layer: 'engine',
    logger,
    clock: systemClock,
    tracing: tracingOff,
    metrics: createMetrics({ service: 'engine', enabled: true, logger }),
    drain: { propagationMs: 0, timeoutMs: 1000 },
    health: {
      service: 'engine',
      version: '0',
      startedAt: Date.now(),
      checks: async () => [{ name: 'demo', ok: true, detail: 'fine' }],
    },
  });
}

/** Sends raw bytes, returns all that comes back until the connection ends. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  socket.end(bytes);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  await once(socket, 'close');
  return text;
}

describe('a server of the kit', () => {
  let service: Service;
  let port: number;
  let thrown: ProblemError;
  before(async () => {
    service = build();
    service.app.get('/boom/:id', () => Promise.reject(new Error('secret inside')));
    service.app.get('/busy', () =>
      Promise.reject(new ProblemError('overloaded', 'queue full', { layer: 'admission', retryAfterS: 2.2 })),
    );
    service.app.get('/thrown', () => Promise.reject(thrown));
    service.app.post(
      '/things',
      { schema: { body: Type.Object({ size: Type.Number() }, { additionalProperties: false }) } },
      () => ({ ok: true }),
    );
    service.app.put('/things', () => ({ ok: true }));
    await service.app.listen({ host: '127.0.0.1', port: 0 });
    const address = service.app.server.address();
    assert.ok(typeof address === 'object' && address !== null);
    port = address.port;
  });
  after(() => service.stop());

  const ask = (method: 'GET' | 'POST', url: string, payload?: string, type = 'application/json') =>
    service.app.inject({ method, url, ...(payload !== undefined && { payload, headers: { 'content-type': type } }) });

  const problems: [string, () => ReturnType<typeof ask>, ErrorCode, RegExp][] = [
    ['an unknown path', () => ask('GET', '/nope'), 'not_found', /No route GET \/nope/],
    ['a known path with another method', () => ask('GET', '/things'), 'method_not_allowed', /takes POST, PUT/],
    ['broken JSON', () => ask('POST', '/things', '{'), 'invalid_json', /not valid JSON/],
    ['no body', () => ask('POST', '/things', ''), 'invalid_json', /./],
    ['a wrong type', () => ask('POST', '/things', '{"size":"1"}'), 'invalid_request', /\/size must be number/],
    ['a missing field', () => ask('POST', '/things', '{}'), 'invalid_request', /\/size is required/],
    ['an unknown field', () => ask('POST', '/things', '{"size":1,"sise":2}'), 'invalid_request', /\/sise is not a field/],
    [
      'another media type',
      () => ask('POST', '/things', 'x', 'text/foo'),
      'unsupported_media_type',
      /text\/foo.*application\/json/,
    ],
    ['a body over the limit', () => ask('POST', '/things', `"${'x'.repeat(1024 * 1024)}"`), 'payload_too_large', /1048576 bytes/],
    ['a parameter over the limit', () => ask('GET', `/boom/${'x'.repeat(300)}`), 'uri_too_long', /./],
    ['a malformed escape', () => ask('GET', '/boom/%zz'), 'invalid_request', /./],
    ['an unexpected error', () => ask('GET', '/boom/1'), 'internal', /^Something unexpected/],
    ['a refusal', () => ask('GET', '/busy'), 'overloaded', /queue full/],
  ];
  for (const [what, send, code, detail] of problems) {
    it(`answers ${what} with problem+json of the row ${code}`, async () => {
      const reply = await send();
      const problem = reply.json<Problem>();
      assert.equal(reply.statusCode, ERROR_TABLE[code].status);
      assert.match(String(reply.headers['content-type']), /^application\/problem\+json/);
      assert.equal(problem.code, code);
      assert.equal(problem.type, `urn:penstock:error:${code}`);
      assert.match(problem.detail, detail);
      assert.doesNotMatch(reply.body, /secret inside|\.ts:/);
    });
  }

  it('lists the methods of a path in Allow', async () => {
    assert.equal((await ask('GET', '/things')).headers.allow, 'POST, PUT');
  });

  it('says when to come back, and which layer refused', async () => {
    const reply = await ask('GET', '/busy');
    assert.equal(reply.headers['retry-after'], '3');
    assert.match(
      String(reply.headers['proxy-status']),
      /^engine; error=destination_unavailable; details="admission: overloaded"$/,
    );
    assert.equal(reply.json<Problem>().layer, 'admission');
  });

  for (const [code, options, expected] of [
    [
      'rate_limited',
      { layer: 'admission', evidence: { limit: 60 } },
      'http_request_denied; details="admission: rate_limited (limit=60)"',
    ],
    ['idempotency_conflict', { layer: 'idempotency' }, 'http_request_denied; details="idempotency: idempotency_conflict"'],
    ['internal', {}, 'proxy_internal_error; details="engine: internal"'],
    ['dataset_not_found', {}, undefined],
    ['dataset_protected', {}, undefined],
    ['invalid_analysis', {}, undefined],
  ] as const) {
    it(`${code} ${expected === undefined ? 'is the request’s own matter: no Proxy-Status' : 'says in Proxy-Status who refused, and why'}`, async () => {
      thrown = new ProblemError(code, 'no', options);
      const status = (await ask('GET', '/thrown')).headers['proxy-status'];
      assert.equal(status, expected && `engine; error=${expected}`);
    });
  }

  it('puts what the engine said of itself before its own Proxy-Status', async () => {
    thrown = new ProblemError('overloaded', 'no', { headers: { 'proxy-status': 'origin; error=x' } });
    assert.match(String((await ask('GET', '/thrown')).headers['proxy-status']), /^origin; error=x, engine; error=/);
  });

  it('answers what is not HTTP with a problem', async () => {
    const text = await raw(port, 'nonsense\r\n\r\n');
    assert.match(text, /^HTTP\/1\.1 400 /);
    assert.match(text, /"code":"invalid_request"/);
  });

  it('answers a malformed request on a connection that was used before', async () => {
    const socket = net.connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.endsWith('{"status":"live"}')) socket.end('nonsense\r\n\r\n');
    });
    socket.write('GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(socket, 'close');
    assert.match(text, /^HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 400 /);
  });

  it('answers headers over the limit with 431', async () => {
    const text = await raw(port, `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`);
    assert.match(text, /^HTTP\/1\.1 431 /);
    assert.match(text, /"code":"headers_too_large"/);
  });

  it('is live and ready, and tells its health', async () => {
    assert.deepEqual((await ask('GET', '/health/live')).json(), { status: 'live' });
    assert.equal((await ask('GET', '/health/ready')).statusCode, 200);
    const health = (await ask('GET', '/health')).json<{ status: string; inflight_requests: number }>();
    assert.equal(health.status, 'ready');
    assert.equal(health.inflight_requests, 0);
  });

  it('counts error replies by row', async () => {
    await ask('GET', '/busy');
    const { body } = await ask('GET', '/metrics');
    assert.match(body, /error_reasons_total\{code="overloaded"\} [1-9]/);
    assert.match(body, /http_server_request_duration_seconds_bucket\{[^}]*route="\/busy"/);
  });

  it('refuses an unknown format of metrics', async () => {
    const reply = await ask('GET', '/api/metrics?format=xml');
    assert.equal(reply.statusCode, 400);
    assert.match(reply.json<Problem>().detail, /"xml"; accepted: text, json/);
  });
});

describe('a request of the kit', () => {
  it('is cancelled when its client goes away, and not when its reply is complete', async () => {
    const service = build();
    const reasons: unknown[] = [];
    let answered: AbortSignal | undefined;
    service.app.get(
      '/slow',
      (request) =>
        new Promise((_resolve, reject) =>
          request.cancelled.addEventListener('abort', () => {
            reasons.push(request.cancelled.reason);
            reject(request.cancelled.reason);
          }),
        ),
    );
    service.app.get('/fast', (request) => {
      answered = request.cancelled;
      return { ok: true };
    });
    await service.app.listen({ host: '127.0.0.1', port: 0 });
    const address = service.app.server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const base = `http://127.0.0.1:${address.port}`;
    await (await fetch(`${base}/fast`)).text();
    const leaving = new AbortController();
    const pending = fetch(`${base}/slow`, { signal: leaving.signal });
    while (service.inFlight.count === 0) await new Promise(setImmediate);
    leaving.abort();
    await assert.rejects(pending);
    await service.inFlight.idle();
    assert.equal(answered?.aborted, false);
    assert.ok(reasons[0] instanceof ProblemError);
    assert.equal(reasons[0].code, 'client_closed_request');
    await service.stop();
  });
});
