import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertmanagerWithWebhook, rulesWithShortWaits } from '../alerts/support/shortened.ts';
import { type Message, Webhook } from '../alerts/support/webhook.ts';
import { Alertmanager, alertmanagerAvailable } from '../support/alertmanager.ts';
import { Pair } from '../support/pair.ts';
import { until } from '../support/process.ts';
import { Prometheus, prometheusAvailable } from '../support/prometheus.ts';
import { analysisRequest, analyze } from '../support/requests.ts';
import { requireServer } from '../support/require-server.ts';

// Both services, Prometheus and Alertmanager as real processes. The rules and the routes are those of deploy/, in copies
// that wait seconds instead of minutes. ServiceDown keeps its two minutes: it would hold the breaker's alert back.

const BREAKER_THRESHOLD = 3;

test('the alert of a breaker that opens because its engine was killed comes through Alertmanager, and is taken back', async (t) => {
  if (!requireServer(t, 'Prometheus', await prometheusAvailable())) return;
  if (!requireServer(t, 'Alertmanager', await alertmanagerAvailable())) return;
  const webhook = await Webhook.start();
  t.after(() => webhook.stop());
  const alertmanager = await Alertmanager.start(alertmanagerWithWebhook(webhook.url));
  t.after(() => alertmanager.stop());
  const pair = await Pair.start({ gatewayEnv: { BREAKER_THRESHOLD: String(BREAKER_THRESHOLD), RETRY_BASE_MS: '10' } });
  t.after(() => pair.stop());
  const rules = await rulesWithShortWaits({ except: ['ServiceDown'] });
  t.after(() => rules.remove());
  const prometheus = await Prometheus.start({
    targets: { gateway: [new URL(pair.gatewayUrl).host], engine: [new URL(pair.engineUrl).host] },
    intervalS: 1,
    ruleFiles: rules.files,
    alertmanagers: [alertmanager.address],
  });
  t.after(() => prometheus.stop());

  const sent = (
    status: 'firing' | 'resolved',
  ): { readonly receiver: string; readonly alert: Message['alerts'][number] } | undefined =>
    webhook.messages
      .flatMap(({ receiver, alerts }) => alerts.map((alert) => ({ receiver, alert })))
      .find(({ alert }) => alert.labels.alertname === 'BreakerOpen' && alert.status === status);
  let seed = 0;
  const ask = () => analyze(pair.gatewayUrl, analysisRequest({ seed: ++seed }));

  await until('a scrape of both', () => prometheus.holds('count(up == 1) == 2'));
  assert.equal((await ask()).status, 200);
  await pair.engine.end();
  for (let failed = 0; failed < BREAKER_THRESHOLD; failed++) assert.equal((await ask()).status, 503);
  assert.equal((await ask()).body.code, 'circuit_open');

  const { receiver, alert } = await until('the alert at the webhook', () => sent('firing'));
  assert.equal(receiver, 'on-call');
  assert.deepEqual(alert.labels, { alertname: 'BreakerOpen', breaker_name: 'engine', severity: 'critical' });
  assert.match(alert.annotations.summary ?? '', /^The breaker of engine has not been closed for a minute/);
  assert.equal(alert.annotations.runbook_url, 'docs/runbook.md#breakeropen');

  const managed = (await alertmanager.alerts()).find(({ labels }) => labels.alertname === 'BreakerOpen');
  assert.equal(managed?.status.state, 'active');
  assert.deepEqual(managed.receivers, [{ name: 'on-call' }]);

  await pair.startEngine();
  await until('an answer of the engine that is back', async () => (await ask()).status === 200 && (await ask()).status === 200);
  await until('the end of the alert at the webhook', () => sent('resolved'));
});
