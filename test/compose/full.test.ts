import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ALERTS, RECORDED } from '../alerts/support/rules.ts';
import { dashboards, queriesOf, withoutVariables } from '../dashboards/support/dashboards.ts';
import { until } from '../support/process.ts';
import { Compose } from './compose.ts';

// docker-compose.full.yml as it stands: built, started, used, stopped. `npm run test:compose`; needs a Docker engine.

const gateway = 'http://127.0.0.1:18082';
const body = '{"dataset_id":"test","mapping":{"y":"y","treatment":"w","unit_id":"id"}}';

const missing = await Compose.missing();
if (missing !== undefined) console.log(`Nothing of docker-compose.full.yml is tested: no Docker engine (${missing})`);

const analyze = (text = body) =>
  fetch(`${gateway}/api/analyze/comprehensive`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });

async function queryPrometheus(expression: string) {
  const reply = await fetch(`http://127.0.0.1:9090/api/v1/query?query=${encodeURIComponent(expression)}`);
  return (await reply.json()) as { status: string; error?: string; data: { result: { value: [number, string] }[] } };
}

describe('docker-compose.full.yml', { skip: missing === undefined ? false : `skipped: no Docker engine (${missing})` }, () => {
  let compose: Compose;
  /** All that go on; one that ends counts as failed where nothing that is started depends on its end. */
  let lasting: readonly string[];

  before(async () => {
    const services = await new Compose({}).services();
    lasting = services.filter((service) => service !== 'logs-setup');
    compose = new Compose({
      GATEWAY_PORT: '18082',
      ENGINE_PORT: '18080',
      ELASTICSEARCH_PORT: '19200',
      RETRY_BASE_MS: '20',
      BREAKER_OPEN_MS: '3000',
      // An override may have taken it out.
      ...(!services.includes('kibana') && { KIBANA_URL: '' }),
    });
    await compose.compose('up', '--detach', '--build', '--wait', '--wait-timeout', '300', ...lasting);
  });
  after(async () => void (await compose?.compose('down', '--volumes', '--timeout', '10')));

  test('every service of the file becomes healthy', async () => {
    for (const service of lasting) {
      assert.equal((await compose.state(service)).Health?.Status, 'healthy', service);
    }
  });

  test('the setup of the logs ends well, however often, and leaves the template', async () => {
    for (let time = 0; time < 2; time++) await compose.compose('run', '--rm', 'logs-setup');
    const reply = await fetch('http://127.0.0.1:19200/_index_template/penstock-logs');
    assert.equal(reply.status, 200, await reply.text());
  });

  test('a request through the gateway is answered, and its one trace holds both services', async () => {
    const reply = await analyze();
    assert.equal(reply.status, 200);
    const { dataset } = (await reply.json()) as { dataset: { id: string } };
    assert.equal(dataset.id, 'test');

    const traceId = reply.headers.get('traceparent')?.split('-')[1] ?? '';
    let services: string[] = [];
    await until(`both services in trace ${traceId}`, async () => {
      const trace = (await (await fetch(`http://127.0.0.1:16686/api/traces/${traceId}`)).json()) as {
        data?: { processes: Record<string, { serviceName: string }> }[];
      };
      services = Object.values(trace.data?.[0]?.processes ?? {}).map(({ serviceName }) => serviceName);
      return services.includes('gateway') && services.includes('engine');
    });
  });

  test('Prometheus scrapes both services', async () => {
    await until('both targets', async () => {
      const { data } = await queryPrometheus('up{job=~"gateway|engine"} == 1');
      return data.result.length === 2;
    });
  });

  test("Prometheus takes every query of Grafana's dashboards", async () => {
    const queries = dashboards().flatMap(queriesOf);
    assert.ok(queries.length > 60);
    for (const { from, expr } of queries) {
      const { status, error } = await queryPrometheus(withoutVariables(expr, { rateInterval: '1m', range: '15m' }));
      assert.equal(status, 'success', `${from}: ${error}`);
    }
  });

  test('Prometheus evaluates every rule and knows an Alertmanager to tell', async () => {
    const get = async <T>(path: string) =>
      ((await (await fetch(`http://127.0.0.1:9090/api/v1/${path}`)).json()) as { data: T }).data;
    const { groups } = await get<{ groups: { rules: { name: string }[] }[] }>('rules');
    const names = groups.flatMap(({ rules }) => rules.map(({ name }) => name));
    assert.deepEqual(names.sort(), [...ALERTS.map(({ alert }) => alert), ...RECORDED.map(({ record }) => record)].sort());
    const { activeAlertmanagers } = await get<{ activeAlertmanagers: { url: string }[] }>('alertmanagers');
    assert.equal(activeAlertmanagers.length, 1);
  });

  test('with the engine stopped five requests fail, the sixth is refused at once, and the engine is used again when it is back', async () => {
    await compose.compose('stop', 'engine');
    for (let i = 0; i < 5; i++) {
      const reply = await analyze(body.replace('}}', `},"options":{"seed":${i + 1}}}`));
      assert.equal(reply.status, 503);
      assert.doesNotMatch(await reply.text(), /Circuit breaker OPEN/);
    }
    const refused = await analyze();
    assert.equal(refused.status, 503);
    assert.match(await refused.text(), /Circuit breaker OPEN for engine/);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);

    await compose.compose('up', '--detach', '--wait', 'engine');
    await until('the breaker to let a call through', async () => (await analyze()).status === 200);
  });

  test('SIGTERM ends both services with exit code 0', async () => {
    await compose.compose('stop', 'gateway', 'engine');
    for (const service of ['gateway', 'engine']) assert.equal((await compose.state(service)).ExitCode, 0, service);
  });
});
