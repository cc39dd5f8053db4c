import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { answering, type BadCollector, blackHole, refusing } from '../../../../test/support/bad-collectors.ts';
import {
  createMetrics,
  endSpan,
  renderText,
  startServerSpan,
  startTracing,
  type Tracing,
  type TracingEnv,
} from '../../src/index.ts';
import { recordingLog } from '../support/recording-log.ts';

const SPANS = 5000;
const LIMIT_MS = 500;

const COLLECTORS: Readonly<Record<string, () => Promise<BadCollector>>> = {
  'refuses connections': refusing,
  'never answers': blackHole,
  'answers 500': () => answering(500),
  'answers 503, which OTLP retries': () => answering(503),
  'answers after ten seconds': () => answering(200, 10_000),
};
const EXPORTERS: Readonly<Record<string, (url: string) => TracingEnv>> = {
  'Jaeger collector': (url) => ({ JAEGER_ENDPOINT: `${url}/api/traces` }),
  OTLP: (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url }),
};

for (const [collectorName, start] of Object.entries(COLLECTORS)) {
  for (const [exporterName, envOf] of Object.entries(EXPORTERS)) {
    test(`a ${exporterName} that ${collectorName} delays no span, and shutdown keeps its limit`, async (t) => {
      const collector = await start();
      t.after(() => collector.close());
      const { log, lines } = recordingLog();
      const metrics = createMetrics({ service: 'gateway', enabled: true });
      const tracing = startTracing({ service: 'gateway', version: '1', env: envOf(collector.url), logger: log, metrics });
      assert.ok(worstSpanMs(tracing) < 50, 'a span waited for the collector');

      // A timer of the same length, started with it, is late by what a busy machine makes everything late.
      const started = performance.now();
      const timer = wait(LIMIT_MS).then(() => performance.now() - started);
      await tracing.shutdown(LIMIT_MS);
      const took = performance.now() - started;
      assert.ok(took < (await timer) + 300, `shutdown took ${took} ms`);
      assert.ok(lines().length > 0, 'what was lost is said');
      assert.ok(lines().length <= 2, lines().join('\n'));
      assert.match(lines().join('\n'), /export_failed|given up/);
    });
  }
}

test('a failing collector is logged once a minute and every lost span counted', async (t) => {
  const collector = await answering(500);
  t.after(() => collector.close());
  const { log, lines } = recordingLog();
  const metrics = createMetrics({ service: 'gateway', enabled: true });
  const tracing = startTracing({
    service: 'gateway',
    version: '1',
    env: { JAEGER_ENDPOINT: collector.url },
    logger: log,
    metrics,
  });
  worstSpanMs(tracing);
  await tracing.shutdown(5000);
  assert.equal(lines().length, 1, lines().join('\n'));
  assert.match(lines()[0]!, /^warn Tracing: export_failed, 2048 spans: Jaeger collector http:.*HTTP 500/);
  assert.match((await renderText(metrics)).body, /telemetry_problems_total\{problem="export_failed"\} 5000/);
});

test('an agent address that cannot be resolved is a logged loss', async () => {
  const { log, lines } = recordingLog();
  const tracing = startTracing({
    service: 'engine',
    version: '1',
    env: { JAEGER_ENDPOINT: 'no-such-host.invalid:6832' },
    logger: log,
  });
  endSpan(startServerSpan(tracing, { method: 'GET', route: '/', headers: {} }));
  await tracing.shutdown(3000);
  assert.match(lines().join('\n'), /export_failed.*no-such-host|given up/);
});

test('a second shutdown is the first one', async () => {
  const collector = await refusing();
  const { log } = recordingLog();
  const tracing = startTracing({
    service: 'engine',
    version: '1',
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    logger: log,
  });
  assert.equal(tracing.shutdown(100), tracing.shutdown(5000));
  await tracing.shutdown(1);
});

/** In time of this thread's processor: what a busy machine gives to others between two lines is not in it. */
function worstSpanMs(tracing: Tracing): number {
  let worst = 0;
  for (let index = 0; index < SPANS; index++) {
    const started = process.threadCpuUsage();
    endSpan(startServerSpan(tracing, { method: 'GET', route: '/', headers: {} }), { status: 200 });
    const { user, system } = process.threadCpuUsage(started);
    worst = Math.max(worst, (user + system) / 1000);
  }
  return worst;
}
