/** An analysis that is late at one engine and answered by another: its whole trace, over all three processes. */
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { ANALYSES, latency, setFaults } from '../support/faults.ts';
import { Fleet } from '../support/fleet.ts';
import { type Jaeger, type JaegerTrace, jaegerAvailable, startJaeger, tag } from '../support/jaeger.ts';
import { until } from '../support/process.ts';
import { analysisRequest, analyze } from '../support/requests.ts';
import { requireServer } from '../support/require-server.ts';
import { Series } from '../support/series.ts';
import { COMPUTED } from './support/expected-trees.ts';
import { treeOf } from './support/trace-tree.ts';

const WHO = 'hedged analysis';
const NEVER_MS = 60_000;
const OPTIONS = { figures: false, estimators: ['ols'] };

const EXPECTED = `
gateway server POST /api/analyze/comprehensive · status=200 attempts=1 outcome=success
  ! balance.picked · reason=least_loaded
  ! hedge.started
  ! breaker.outcome · outcome=success failures=0 probe=false
  ! hedge.finished · won=second
  ! breaker.outcome · outcome=neutral failures=0 probe=false
  gateway client POST /api/analyze/comprehensive · error=HedgeLostError attempt=1 FAILED
    engine server POST /api/analyze/comprehensive · status=499 error=client_aborted attempt=1 FAILED
      ! fault.injected · fault=late
  gateway client POST /api/analyze/comprehensive · status=200 attempt=1 hedge=true
    engine server POST /api/analyze/comprehensive · status=200 attempt=1${COMPUTED}`;

let jaeger: Jaeger | undefined;
let fleet: Fleet | undefined;
let trace: JaegerTrace | undefined;

before(async () => {
  if (jaegerAvailable() !== true) return;
  jaeger = await startJaeger();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: jaeger.otlp, DRAIN_PROPAGATION_MS: '0' };
  fleet = await Fleet.start({
    engines: 2,
    engineEnv: { ...env, FAULTS_ENABLED: 'true' },
    gatewayEnv: { ...env, HEDGE_DELAY_MS: '300' },
  });
  await hedge(fleet);
  // Whatever a service has recorded is sent before it exits.
  for (const { running } of [...fleet.gateways, ...fleet.engines]) {
    running.kill('SIGTERM');
    assert.deepEqual(await running.exited, { code: 0, signal: null });
  }
  const traces = await jaeger.search('gateway', { tags: { 'user_agent.original': WHO } });
  assert.equal(traces.length, 1);
  [trace] = traces;
});
after(async () => {
  await fleet?.stop();
  await jaeger?.stop();
});

/** One engine has a call under way, so that the next one goes to the other: there it is late. */
async function hedge({ gatewayUrl, engines }: Fleet): Promise<void> {
  const urls = engines.map(({ url }) => url);
  for (const url of urls) await setFaults(url, [latency('late', NEVER_MS)]);
  const leaving = new AbortController();
  // A batch call is not hedged.
  const ahead = assert.rejects(
    analyze(gatewayUrl, analysisRequest({ ...OPTIONS, seed: 1 }), { priority: 'u=6' }, leaving.signal),
  );
  const busy = await until('an engine to have a call', async () => {
    const hit = await Promise.all(urls.map(async (url) => (await Series.read(url)).sum('faults_injected_total') > 0));
    return urls[hit.indexOf(true)];
  });
  await setFaults(busy, []);
  const { status } = await analyze(gatewayUrl, analysisRequest({ ...OPTIONS, seed: 2 }), { 'user-agent': WHO });
  assert.equal(status, 200);
  leaving.abort();
  await ahead;
}

it('the trace of a late analysis has the attempt that was cancelled and, at another engine, the hedge that won', (t) => {
  if (!requireServer(t, 'Jaeger', jaegerAvailable()) || trace === undefined) return;
  assert.equal(`\n${treeOf(trace, () => 'another trace')}`, EXPECTED);
  const attempts = trace.spans.filter((span) => tag(span, 'span.kind') === 'client' && span.operationName.endsWith(ANALYSES));
  const ports = fleet?.engines.map(({ url }) => Number(new URL(url).port));
  assert.deepEqual(attempts.map((span) => Number(tag(span, 'server.port'))).toSorted(), ports?.toSorted());
});
