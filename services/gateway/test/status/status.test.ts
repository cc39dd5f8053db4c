import assert from 'node:assert/strict';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { recordingTracing } from '../support/recording-tracing.ts';
import { ok, ScriptedEngine, silence, status } from '../support/scripted-engine.ts';
import { TestGateway, until } from '../support/test-gateway.ts';

async function inWorld(
  env: Readonly<Record<string, string>>,
  test: (gateway: TestGateway, engine: ScriptedEngine) => Promise<void>,
  tracing?: Parameters<typeof TestGateway.start>[1],
): Promise<void> {
  const engine = await ScriptedEngine.start();
  const gateway = await TestGateway.start({ ENGINE_URL: engine.url, ...env }, tracing);
  try {
    await test(gateway, engine);
  } finally {
    await gateway.stop();
    await engine.stop();
  }
}

const rows = async (gateway: TestGateway): Promise<string[]> =>
  [...String((await gateway.send('/status')).body).matchAll(/<tr><td>.*?<\/tr>/g)].map(([row]) =>
    row.replace(/<time.*?<\/time>/, '').replace(/<[^>]+>/g, '|'),
  );

/** The events of the page, on a connection of its own. */
async function follow(gateway: TestGateway): Promise<{ reply: IncomingMessage; text: () => string; close: () => void }> {
  const request = http.get(`${gateway.url}/status/events`, { agent: false });
  const [reply] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  reply.on('data', (chunk: Buffer) => (text += chunk.toString()));
  reply.on('error', () => undefined);
  await until('the connection', () => text.startsWith(': connected'));
  return { reply, text: () => text, close: () => request.destroy() };
}

const connections = ({ gateway }: TestGateway): Promise<number> =>
  new Promise((resolve, reject) =>
    gateway.app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );

describe('GET /status', () => {
  it('is a page that nothing may be added to, and that is never kept', () =>
    inWorld({}, async (gateway) => {
      const { status: code, headers, body } = await gateway.send('/status');
      assert.equal(code, 200);
      assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; script-src 'sha256-/);
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.match(body, /^<!doctype html>/);
      assert.equal((await gateway.send('/status', { method: 'HEAD' })).status, 200);
    }));

  it('lists the requests for the engine with status, code and attempts, newest first, and no others', () =>
    inWorld({}, async (gateway, engine) => {
      await gateway.send('/api/estimators');
      engine.script = (received, response) =>
        (received.headers['penstock-attempt'] === '2' ? ok() : status(503))(received, response);
      await gateway.send('/api/datasets/some-secret-id');
      engine.script = status(503);
      await gateway.analyze({ seed: 1 });
      engine.script = (_received, response) =>
        void response.writeHead(404, { 'content-type': 'application/problem+json' }).end('{"code":"dataset_not_found"}');
      await gateway.send('/api/datasets/another');
      await gateway.send('/health');
      await gateway.send('/nowhere');
      const list = (await rows(gateway)).map((row) => row.replace(/[\d.]+ m?s/, 'TIME').replace(/\|+/g, '|'));
      assert.deepEqual(list, [
        '|GET /api/datasets/:id|404 dataset_not_found|TIME|1|–|',
        '|POST /api/analyze/comprehensive|503 engine_unavailable|TIME|3|–|',
        '|GET /api/datasets/:id|200 |TIME|2|–|',
        '|GET /api/estimators|200 |TIME|1|–|',
      ]);
    }));

  it('tells a request that a key replayed, and one whose client went away', () =>
    inWorld({}, async (gateway, engine) => {
      for (let n = 0; n < 2; n++) await gateway.analyze({ seed: 1 }, { 'idempotency-key': '"k"' });
      engine.script = silence;
      const leaving = new AbortController();
      const left = gateway.send('/api/datasets', { signal: leaving.signal }).catch(() => undefined);
      await until('the request to be under way', () => engine.requests.length === 2);
      leaving.abort();
      await left;
      await until('the gateway to notice', async () => (await rows(gateway)).length === 3);
      const [gone, replayed] = await rows(gateway);
      assert.match(gone ?? '', /499 client_closed_request/);
      assert.match(replayed ?? '', /200 replayed/);
    }));

  it('links each trace to Jaeger', async () => {
    const { tracing } = recordingTracing();
    await inWorld(
      { JAEGER_UI_URL: 'https://jaeger.example/ui' },
      async (gateway) => {
        const { headers } = await gateway.send('/api/estimators');
        const id = headers.get('traceparent')?.split('-')[1];
        assert.ok(String((await gateway.send('/status')).body).includes(`href="https://jaeger.example/ui/trace/${id}"`));
      },
      tracing,
    );
  });

  it('keeps the last 20 requests', () =>
    inWorld({}, async (gateway) => {
      await Promise.all(Array.from({ length: 30 }, () => gateway.send('/api/estimators')));
      assert.equal((await rows(gateway)).length, 20);
    }));
});

describe('GET /status/events', () => {
  it('sends the sections within a second or two, and is in neither the series nor the requests in flight', () =>
    inWorld({}, async (gateway) => {
      const viewer = await follow(gateway);
      assert.equal(viewer.reply.headers['content-type'], 'text/event-stream');
      await once(viewer.reply, 'data');
      const { sections } = JSON.parse(/^data: (.*)$/m.exec(viewer.text())?.[1] ?? '{}');
      assert.deepEqual(Object.keys(sections), ['as-of', 'verdict', 'tiles', 'charts', 'engines', 'gateway', 'requests']);
      assert.match(sections.verdict, /Calls pass/);
      for (const path of ['/api/resilience', '/health']) assert.equal((await gateway.send(path)).body.inflight_requests, 0);
      assert.equal(await gateway.metric('inflight_requests'), 0);
      viewer.close();
      await gateway.gateway.inFlight.idle();
      const events = '{method="GET",route="/status/events",status="200"}';
      assert.equal(await gateway.metric(`http_server_request_duration_seconds_count${events}`), undefined);
    }));

  it('a thousand viewers come and go, and nothing of them stays', () =>
    inWorld({}, async (gateway) => {
      for (let batch = 0; batch < 20; batch++) {
        const viewers = await Promise.all(Array.from({ length: 50 }, () => follow(gateway)));
        for (const viewer of viewers) viewer.close();
        // A place that was not given back would refuse the third batch.
        await until('the batch to be gone', async () => (await connections(gateway)) === 0);
      }
    }));

  it('ends with a closing event in a drain, which waits for no viewer', () =>
    inWorld({ DRAIN_TIMEOUT_MS: '20000' }, async (gateway) => {
      const viewers = await Promise.all(Array.from({ length: 10 }, () => follow(gateway)));
      const startedAt = performance.now();
      const ended = viewers.map(({ reply }) => once(reply, 'end'));
      await gateway.gateway.stop();
      await Promise.all(ended);
      for (const { text, reply } of viewers) {
        assert.ok(text().endsWith('event: closing\ndata: {}\n\n'));
        assert.equal(reply.complete, true);
      }
      assert.ok(performance.now() - startedAt < 10_000, 'the drain did not use up its limit');
    }));

  it('a viewer that reads nothing does not hold the drain up', () =>
    inWorld({ DRAIN_TIMEOUT_MS: '20000' }, async (gateway) => {
      const viewer = await follow(gateway);
      viewer.reply.pause();
      viewer.reply.socket.pause();
      const startedAt = performance.now();
      await gateway.gateway.stop();
      assert.ok(performance.now() - startedAt < 10_000, 'the drain did not use up its limit');
      viewer.close();
    }));
});
