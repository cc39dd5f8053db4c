import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLogger, startTracing, type Tracing } from '@penstock/telemetry';
import { type CollectedSpan, type OtlpCollector, startOtlpCollector } from '../../../../test/support/otlp-collector.ts';
import { ok, ScriptedEngine } from '../support/scripted-engine.ts';
import { TestGateway, until } from '../support/test-gateway.ts';

const traceIdOf = (headers: Headers): string | undefined => headers.get('traceparent')?.split('-')[1];

/** A gateway before an engine, both of their own, whose spans a collector gets. */
class World {
  readonly engine: ScriptedEngine;
  readonly gateway: TestGateway;
  readonly collector: OtlpCollector;
  readonly tracing: Tracing;

  private constructor(engine: ScriptedEngine, gateway: TestGateway, collector: OtlpCollector, tracing: Tracing) {
    this.engine = engine;
    this.gateway = gateway;
    this.collector = collector;
    this.tracing = tracing;
  }

  /** @param ratio share of the traces that are sampled */
  static async start(ratio: number): Promise<World> {
    const engine = await ScriptedEngine.start();
    const collector = await startOtlpCollector();
    const tracing = startTracing({
      service: 'gateway',
      version: '0',
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: String(ratio) },
      logger: createLogger({ service: 'gateway', level: 'silent' }),
    });
    const gateway = await TestGateway.start({ ENGINE_URL: engine.url, RETRY_ATTEMPTS: '1' }, tracing);
    return new World(engine, gateway, collector, tracing);
  }

  /** Two equal requests, the second while the engine has the first. */
  async together(seed: number, headers: Readonly<Record<string, string>> = {}) {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    this.engine.script = (received, response) => void released.then(() => ok()(received, response));
    const before = this.engine.requests.length;
    const first = this.gateway.analyze({ seed });
    await until('the first', () => this.engine.requests.length === before + 1);
    const second = this.gateway.analyze({ seed }, headers);
    await until('the second', () => this.gateway.gateway.inFlight.count === 2);
    release();
    return [await first, await second] as const;
  }

  serverSpan(traceId: string | undefined): CollectedSpan | undefined {
    return this.collector.spans.find((span) => span.traceId === traceId && span.kind === 'server');
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await Promise.all([this.engine.stop(), this.collector.stop()]);
  }
}

describe('the span of a request', () => {
  let world: World;
  before(async () => {
    world = await World.start(1);
  });
  after(() => world.stop());

  it('links to the request that computed its answer: one under way, or one that was answered before', async () => {
    const { gateway, tracing } = world;
    const [first, second] = await world.together(1);
    const key = { 'idempotency-key': 'once' };
    const computed = await gateway.analyze({ seed: 2 }, key);
    const replayed = await gateway.analyze({ seed: 2 }, key);
    assert.equal(replayed.headers.get('idempotency-replayed'), 'true');
    const pairs = [
      [first, second, 'coalesced'],
      [computed, replayed, 'replayed'],
    ] as const;
    await tracing.shutdown(5000);
    for (const [computing, sharing, kind] of pairs) {
      const target = world.serverSpan(traceIdOf(computing.headers));
      assert.deepEqual(target?.links, []);
      assert.deepEqual(world.serverSpan(traceIdOf(sharing.headers))?.links, [
        { traceId: target?.traceId, spanId: target?.spanId, attributes: { 'penstock.link': kind } },
      ]);
    }
  });
});

describe('where few traces are sampled', () => {
  let world: World;
  before(async () => {
    // A share that no trace of the test falls into.
    world = await World.start(1e-9);
  });
  after(() => world.stop());

  it('the trace that a sampled request shares its answer with is kept with it, and no other', async () => {
    const sampled = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const kept = await world.together(1, { traceparent: sampled });
    const dropped = await world.together(2);
    await world.tracing.shutdown(5000);
    const [computing, sharing] = kept.map(({ headers }) => world.serverSpan(traceIdOf(headers)));
    assert.equal(sharing?.links[0]?.spanId, computing?.spanId);
    assert.equal(world.collector.trace(computing?.traceId ?? '').length, 2, 'the request and its attempt');
    for (const { headers } of dropped) assert.equal(world.serverSpan(traceIdOf(headers)), undefined);
  });
});
