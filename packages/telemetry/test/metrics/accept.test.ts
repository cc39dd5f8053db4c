import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOpenMetricsPreferred } from '../../src/metrics/accept.ts';

const OPEN = 'application/openmetrics-text';

for (const [accept, expected] of [
  [undefined, false],
  ['', false],
  ['*/*', false],
  ['text/html,application/xhtml+xml,*/*;q=0.8', false],
  ['text/plain', false],
  [OPEN, true],
  [`${OPEN};q=0`, false],
  [`${OPEN};version=1.0.0;q=0.5,${OPEN};version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`, true],
  [`text/plain;version=0.0.4;q=0.6, ${OPEN};version=1.0.0;q=0.5`, false],
  [`${OPEN}; version="1.0.0"; escaping=allow-utf-8`, true],
  [`${OPEN};version=2.0.0,text/plain;q=0.1`, false],
  [OPEN.toUpperCase(), true],
  [`${OPEN};q=nonsense,text/plain`, false],
] as const) {
  test(`Accept ${JSON.stringify(accept)} is answered with ${expected ? 'OpenMetrics' : 'the Prometheus text'}`, () => {
    assert.equal(isOpenMetricsPreferred(accept), expected);
  });
}
