/** The engine's half of a trace that nobody keeps goes when its time is up: ten seconds. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startOtlpCollector } from '../support/otlp-collector.ts';
import { Pair } from '../support/pair.ts';
import { until } from '../support/process.ts';
import { analysisRequest, analyze } from '../support/requests.ts';
import { Series } from '../support/series.ts';

const REQUESTS = 5;

it('an engine gives up the spans of traces that it is not told of, and counts them', async () => {
  const collector = await startOtlpCollector();
  // A share that no trace of the test falls into, and nothing is slow.
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '0.0000001', TRACE_SLOW_MS: '60000' };
  const pair = await Pair.start({ engineEnv: env, gatewayEnv: env });
  try {
    for (let seed = 0; seed < REQUESTS; seed++) {
      const body = analysisRequest({ seed, figures: false, estimators: ['ols'] });
      assert.equal((await analyze(pair.gatewayUrl, body)).status, 200);
    }
    const before = await Series.read(pair.engineUrl);
    assert.ok(before.sum('trace_tail_spans_held') >= REQUESTS);
    const after = await until('the end of the hold', async () => {
      const series = await Series.read(pair.engineUrl);
      // The question for the metrics is a request as well, that the engine decides on.
      return series.sum('trace_tail_spans_held') === 0 && series;
    });
    assert.equal(after.sum('trace_tail_spans_total', { result: 'expired' }), before.sum('trace_tail_spans_held'));
    assert.deepEqual(collector.spans, []);
  } finally {
    await pair.stop();
    await collector.stop();
  }
});
