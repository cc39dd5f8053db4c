import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLogger, startTracing, type Tracing } from '@penstock/telemetry';
import { type CollectedSpan, type OtlpCollector, startOtlpCollector } from '../../../../test/support/otlp-collector.ts';
import { ok, ScriptedEngine } from '../support/scripted-engine.ts';
import { TestGateway, until } from '../support/test-gateway.ts';

const traceIdOf = (headers: Headers): string | undefined => headers.get('traceparent')?.split('-')[1];

describe('the span of a request', () => {
  let engine: ScriptedEngine;
  let gateway: TestGateway;
  let collector: OtlpCollector;
  let tracing: Tracing;
  before(async () => {
    engine = await ScriptedEngine.start();
    collector = await startOtlpCollector();
    tracing = startTracing({
      service: 'gateway',
      version: '0',
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
      logger: createLogger({ service: 'gateway', level: 'silent' }),
    });
    gateway = await TestGateway.start({ ENGINE_URL: engine.url, RETRY_ATTEMPTS: '1' }, tracing);
  });
  after(async () => {
    await gateway.stop();
    await Promise.all([engine.stop(), collector.stop()]);
  });

  const serverSpan = (traceId: string | undefined): CollectedSpan | undefined =>
    collector.spans.find((span) => span.traceId === traceId && span.kind === 'server');

  it('links to the request that computed its answer: one under way, or one that was answered before', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    engine.script = (received, response) => void released.then(() => ok()(received, response));
    const first = gateway.analyze({ seed: 1 });
    await until('the first', () => engine.requests.length === 1);
    const second = gateway.analyze({ seed: 1 });
    await until('the second', () => gateway.gateway.inFlight.count === 2);
    release();
    const key = { 'idempotency-key': 'once' };
    const computed = await gateway.analyze({ seed: 2 }, key);
    const replayed = await gateway.analyze({ seed: 2 }, key);
    assert.equal(replayed.headers.get('idempotency-replayed'), 'true');
    const pairs = [
      [await first, await second, 'coalesced'],
      [computed, replayed, 'replayed'],
    ] as const;
    await tracing.shutdown(5000);
    for (const [computing, sharing, kind] of pairs) {
      const target = serverSpan(traceIdOf(computing.headers));
      assert.deepEqual(target?.links, []);
      assert.deepEqual(serverSpan(traceIdOf(sharing.headers))?.links, [
        { traceId: target?.traceId, spanId: target?.spanId, attributes: { 'penstock.link': kind } },
      ]);
    }
  });
});
