import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RECORDED, RULE_FILES } from '../alerts/support/rules.ts';
import { dashboards, queriesOf, withoutVariables } from '../dashboards/support/dashboards.ts';
import { DATASOURCES } from '../dashboards/support/datasources.ts';
import { SERIES } from '../dashboards/support/registry.ts';
import { prometheusAvailable } from '../support/prometheus.ts';
import { redisAvailable } from '../support/redis.ts';
import { requireServer } from '../support/require-server.ts';
import { SCRAPE_S, ScrapedSystem } from './support/scraped-system.ts';
import { scriptedLoad } from './support/scripted-load.ts';

// Every panel, every recording rule and every series against a real Prometheus that scraped both services.

const traceLabels = DATASOURCES.flatMap(({ jsonData }) => jsonData?.exemplarTraceIdDestinations ?? []).map(({ name }) => name);
const recordedNames = RECORDED.map(({ record }) => record);

/** Series that nothing done from outside moves for as long as a scrape needs to see it. */
const UNMOVED: ReadonlyMap<string, string> = new Map([
  ['drawing_failed_total of the engine', 'no request makes a figure fail: that would be a defect'],
  ['trace_tail_spans_held of the gateway', 'it decides at the end of each request, a moment after its last span'],
]);

test('after the scripted load every panel, every recording rule and every series has data', async (t) => {
  if (!requireServer(t, 'Prometheus', await prometheusAvailable())) return;
  if (!requireServer(t, 'Redis', await redisAvailable())) return;
  const system = await ScrapedSystem.start(RULE_FILES);
  t.after(() => system.stop());
  const startS = Date.now() / 1000;
  await scriptedLoad(system, (line) => t.diagnostic(line));
  const time = { startS, endS: Date.now() / 1000 };
  const variables = { rateInterval: `${4 * SCRAPE_S}s`, range: `${Math.ceil(time.endS - startS)}s` };

  const drawn = async (query: string): Promise<boolean> => {
    const lines = await system.prometheus.lines(query, time, SCRAPE_S);
    return lines.some(({ values }) => values.some(([, value]) => value !== 'NaN'));
  };

  for (const { from, expr, exemplar } of dashboards().flatMap(queriesOf)) {
    const query = withoutVariables(expr, variables);
    await t.test(`${from}: ${expr}`, async () => assert.ok(await drawn(query), 'nothing but gaps'));
    if (!exemplar) continue;
    await t.test(`${from} has exemplars, which name their trace: ${expr}`, async () => {
      const exemplars = await system.prometheus.exemplars(query, time);
      assert.ok(exemplars.length > 0, 'none');
      for (const labels of exemplars) {
        assert.deepEqual(Object.keys(labels), traceLabels);
        for (const id of Object.values(labels)) assert.match(id, /^[0-9a-f]{32}$/);
      }
    });
  }

  await t.test(`Prometheus took the ${recordedNames.length} recording rules of deploy/prometheus`, async () => {
    assert.deepEqual((await system.prometheus.recorded()).toSorted(), recordedNames.toSorted());
  });
  for (const name of new Set(recordedNames)) {
    await t.test(`rule ${name}`, async () => assert.ok(await drawn(name), 'recorded nothing'));
  }

  for (const { name, type, services } of SERIES) {
    for (const service of services.filter((each) => !UNMOVED.has(`${name} of the ${each}`))) {
      const sample = type === 'histogram' ? `${name}_count` : name;
      await t.test(`${name} of the ${service} has moved`, async () => {
        const ever = `max_over_time(${sample}{job="${service}"}[1h])`;
        assert.ok(
          await system.prometheus.holds(`sum(${ever}) > 0`),
          'never above 0: nothing in support/scripted-load.ts moves it',
        );
      });
    }
  }
});
