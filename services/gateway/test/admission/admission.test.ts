import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { FakeClock, systemClock } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import { MemoryRateStore } from '@penstock/resilience';
import { buildServer } from '@penstock/service-kit';
import { CallSpans, createLogger, createMetrics, OFF_SPAN, tracingOff } from '@penstock/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Admission } from '../../src/admission/admission.ts';
import { ScriptedEngine } from '../support/scripted-engine.ts';
import { TestGateway } from '../support/test-gateway.ts';

describe('the rate limit', async () => {
  const engine = await ScriptedEngine.start();
  const limits = { RATE_LIMIT_MODE: 'enforce', RATE_LIMIT_REQUESTS: '60', RATE_LIMIT_BURST: '2' };
  const gateway = await TestGateway.start({ ENGINE_URL: engine.url, ...limits });
  after(async () => {
    await gateway.stop();
    await engine.stop();
  });

  it('tells each client what is left, and refuses with 429 when nothing is', async () => {
    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await gateway.send('/api/datasets'));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 429],
    );
    const [first, , last] = answers;
    assert.equal(first?.headers.get('ratelimit-policy'), '"client";q=60;w=60');
    assert.match(first?.headers.get('ratelimit') ?? '', /^"client";r=1;t=\d+$/);
    assert.match(last?.headers.get('ratelimit') ?? '', /^"client";r=0;t=\d+$/);
    assert.equal(last?.headers.get('retry-after'), '1');
    assert.equal(last?.body.code, 'rate_limited');
    assert.equal(last?.body.layer, 'admission');
    assert.equal(await gateway.metric('rate_limited_total'), 1);
    assert.equal(engine.requests.length, 2, 'a refused request never reaches the engine');
  });

  it('leaves health and metrics alone', async () => {
    for (let i = 0; i < 5; i++) assert.equal((await gateway.send('/health/ready')).status, 200);
  });
});

describe('a late event loop', () => {
  let lag = 0;
  const clock = new FakeClock();
  const shed: string[] = [];
  const admission = new Admission(
    { mode: 'off' },
    {
      clock,
      rates: new MemoryRateStore(clock),
      onEvent: () => undefined,
      spans: new CallSpans(),
      onShed: (priority) => shed.push(priority),
      lagMs: () => lag,
      overloadDelayMs: () => 100,
    },
  );
  beforeEach(() => {
    shed.length = 0;
  });
  const admit = (priority: string): Promise<void> =>
    admission.admit({ headers: { priority }, span: OFF_SPAN } as unknown as FastifyRequest, {} as FastifyReply);
  const overloaded = (error: unknown): boolean =>
    error instanceof ProblemError && error.code === 'overloaded' && error.options.layer === 'admission';

  it('sheds batch requests first', async () => {
    lag = 100;
    await admit('u=7');
    lag = 101;
    await assert.rejects(admit('u=7'), overloaded);
    await admit('u=1');
    assert.deepEqual(shed, ['batch']);
  });

  it('sheds all when it is twice as late', async () => {
    lag = 201;
    await assert.rejects(admit('u=1'), overloaded);
    assert.deepEqual(shed, ['interactive']);
  });

  it('is named by the reply, with how late it is', async () => {
    const logger = createLogger({ service: 'gateway', version: '0', level: 'silent' });
    const metrics = createMetrics({ service: 'gateway', enabled: false });
    const health = { service: 'gateway', version: '0', startedAt: 0, checks: async () => [] } as const;
    const drain = { propagationMs: 0, timeoutMs: 0 };
    const deps = { logger, clock: systemClock, tracing: tracingOff, metrics, health, drain };
    const { app } = buildServer({ layer: 'gateway', ...deps });
    app.get('/work', { onRequest: (request, reply) => admission.admit(request, reply) }, () => 'done');
    lag = 201;
    const { statusCode, headers } = await app.inject({ url: '/work', headers: { priority: 'u=7' } });
    assert.equal(statusCode, 503);
    assert.equal(
      headers['proxy-status'],
      'gateway; error=destination_unavailable; details="admission: overloaded (priority=batch, eventLoopLateMs=201, limitMs=100)"',
    );
    await app.close();
  });
});
