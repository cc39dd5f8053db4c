import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Pair } from '../support/pair.ts';
import { analysisRequest, analyze, send } from '../support/requests.ts';

it('METRICS_ENABLED=false: both services work, and their endpoints say why they have nothing to tell', async () => {
  const off = { METRICS_ENABLED: 'false' };
  const pair = await Pair.start({ engineEnv: off, gatewayEnv: off });
  try {
    assert.equal((await analyze(pair.gatewayUrl, analysisRequest({ figures: false }))).status, 200);
    assert.equal((await send(`${pair.gatewayUrl}/status`)).status, 200);
    for (const url of [pair.gatewayUrl, pair.engineUrl]) {
      for (const path of ['/metrics', '/api/metrics', '/api/metrics?format=json']) {
        const { status, body } = await send(`${url}${path}`);
        assert.equal(status, 501, path);
        assert.equal(body.code, 'not_available');
        assert.equal(body.detail, 'Metrics are switched off by METRICS_ENABLED=false');
      }
      assert.equal((await send(`${url}/api/metrics?format=xml`)).status, 400);
    }
  } finally {
    await pair.stop();
  }
});
