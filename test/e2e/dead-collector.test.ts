/** The short form of test/slow/bad-collectors.test.ts. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Pair } from '../support/pair.ts';
import { analysisRequest, analyze } from '../support/requests.ts';

it('a collector that is not there delays neither an answer nor the exit', async () => {
  const nobody = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', JAEGER_ENDPOINT: 'http://127.0.0.1:9/api/traces' };
  const gatewayEnv = { ...nobody, RETRY_ATTEMPTS: '1', DRAIN_PROPAGATION_MS: '0', DRAIN_FLUSH_MS: '1000' };
  const pair = await Pair.start({ withoutEngine: true, gatewayEnv });
  try {
    const answer = await analyze(pair.gatewayUrl, analysisRequest({ seed: 3 }));
    assert.equal(answer.body.code, 'engine_unavailable');
    assert.ok(answer.ms < 1000, `the answer took ${answer.ms.toFixed(0)} ms`);
    const signalledAt = performance.now();
    pair.gateway.kill('SIGTERM');
    assert.deepEqual(await pair.gateway.exited, { code: 0, signal: null });
    assert.ok(performance.now() - signalledAt < 2500);
  } finally {
    await pair.stop();
  }
});
