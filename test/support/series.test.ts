import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Series } from './series.ts';

const TEXT = `# HELP calls_total Calls
# TYPE calls_total counter
calls_total{status="200",route="/a"} 3
calls_total{status="503",route="/a"} 4
calls_total{status="503",route="/{b}"} 5
up 1
seconds_bucket{le="0.001",code="503"} 10
seconds_bucket{le="0.005",code="503"} 99
seconds_bucket{le="+Inf",code="503"} 100
seconds_bucket{le="0.001",code="200"} 0
seconds_bucket{le="0.005",code="200"} 0
seconds_bucket{le="+Inf",code="200"} 0
`;

describe('the series of a service', () => {
  const series = Series.parse(TEXT);

  it('are summed over the labels that are not asked for', () => {
    assert.equal(series.sum('calls_total'), 12);
    assert.equal(series.sum('calls_total', { status: '503' }), 9);
    assert.equal(series.sum('calls_total', { status: '503', route: '/{b}' }), 5);
    assert.equal(series.sum('up'), 1);
    assert.equal(series.sum('never_total'), 0);
  });

  it('give the bucket in which a share of the observations ends', () => {
    assert.equal(series.atMost('seconds', 0.1, { code: '503' }), 0.001);
    assert.equal(series.atMost('seconds', 0.99), 0.005);
    assert.equal(series.atMost('seconds', 1), Number.POSITIVE_INFINITY);
    assert.ok(Number.isNaN(series.atMost('seconds', 0.99, { code: '200' })));
  });

  it('refuse a text that is something else', () => {
    assert.throws(() => Series.parse('<html>'), /not a sample: "<html>"/);
  });
});
