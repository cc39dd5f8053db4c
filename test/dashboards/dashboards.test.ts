import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { dashboards, type GridPos, panelsOf, queriesOf } from './support/dashboards.ts';
import { DATASOURCES } from './support/datasources.ts';
import { differences } from './support/differences.ts';
import { NOT_SHOWN, SERIES } from './support/registry.ts';

const root = path.join(import.meta.dirname, '../..');
const queries = dashboards().flatMap(queriesOf);

test('there are series, dashboards and queries to compare', () => {
  assert.ok(SERIES.length > 50);
  assert.deepEqual(
    dashboards().map(({ uid }) => uid),
    ['penstock-on-call', 'penstock'],
  );
  assert.ok(queries.length > 60);
});

test('every series of the registry is on a dashboard or listed with the reason why not, and every query reads such series', () => {
  assert.deepEqual(differences({ series: SERIES, notShown: NOT_SHOWN, queries }), []);
});

describe('a series that is deleted is missed', () => {
  for (const deleted of SERIES) {
    test(deleted.name, () => {
      const series = SERIES.filter((each) => each !== deleted);
      const found = differences({ series, notShown: NOT_SHOWN, queries });
      assert.ok(found.length > 0);
      for (const each of found) assert.ok(each.includes(deleted.name), each);
    });
  }
});

test('a series that is added must be shown or listed, and a listed one must not be shown', () => {
  const added = { name: 'added_total', type: 'counter', services: ['engine'] } as const;
  assert.deepEqual(differences({ series: [...SERIES, added], notShown: NOT_SHOWN, queries }), ['added_total is on no dashboard']);
  const notShown = new Map([...NOT_SHOWN, ['inflight_requests', 'nobody looks']]);
  assert.deepEqual(differences({ series: SERIES, notShown, queries }), [
    'inflight_requests is on a dashboard, and said to be on none',
  ]);
});

test('exemplars and log lines open their trace, and traces their log lines', () => {
  const typeOf = (sought: string | undefined) => DATASOURCES.find(({ uid }) => uid === sought)?.type;
  const settings = Object.fromEntries(DATASOURCES.map(({ type, jsonData }) => [type, jsonData]));
  const [exemplar] = settings.prometheus?.exemplarTraceIdDestinations ?? [];
  const [line] = settings.elasticsearch?.dataLinks ?? [];
  const toLogs = settings.jaeger?.tracesToLogsV2;
  assert.equal(typeOf(exemplar?.datasourceUid), 'jaeger');
  assert.equal(typeOf(line?.datasourceUid), 'jaeger');
  assert.equal(typeOf(toLogs?.datasourceUid), 'elasticsearch');
  assert.match(toLogs?.query ?? '', new RegExp(`^${line?.field}:`));
});

test('every data source is a service of docker-compose.full.yml, and that of logs reads what is shipped', () => {
  const read = (file: string) => parse(readFileSync(path.join(root, file), 'utf8'));
  const { services } = read('docker-compose.full.yml') as { services: Readonly<Record<string, unknown>> };
  for (const { url } of DATASOURCES) assert.ok(new URL(url).hostname in services, url);
  const { index_patterns } = read('deploy/logs/index-template.json') as { index_patterns: readonly string[] };
  assert.deepEqual(
    DATASOURCES.flatMap(({ jsonData }) => jsonData?.index ?? []),
    index_patterns,
  );
});

for (const dashboard of dashboards()) {
  describe(`dashboard ${dashboard.title}`, () => {
    const panels = panelsOf(dashboard);

    for (const { title, description = '', fieldConfig, targets = [] } of panels) {
      test(`${title} says what it shows, in which unit, and has queries`, () => {
        assert.ok(description.length > 20, `description: ${JSON.stringify(description)}`);
        assert.ok(fieldConfig?.defaults.unit !== undefined);
        assert.ok(targets.length > 0);
      });
    }

    test('percentiles are taken over all instances: buckets are summed by their bound first', () => {
      for (const { from, expr } of queriesOf(dashboard)) {
        for (const [, inner = ''] of expr.matchAll(/histogram_quantile\([\d.]+, (.{10})/g))
          assert.equal(inner, 'sum by (le', from);
      }
    });

    test('panels have a title and an id of their own, and no two overlap', () => {
      assert.equal(new Set(panels.map(({ title }) => title)).size, panels.length);
      assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
      for (const [index, one] of dashboard.panels.entries()) {
        assert.ok(one.gridPos.x + one.gridPos.w <= 24, one.title);
        for (const other of dashboard.panels.slice(index + 1))
          assert.ok(!overlap(one.gridPos, other.gridPos), `${one.title} and ${other.title}`);
      }
    });

    test('its data sources are those that are provisioned', () => {
      const provisioned = DATASOURCES.map(({ uid }) => uid);
      for (const [, uid = ''] of JSON.stringify(dashboard).matchAll(/"uid":"([\w-]+)"/g))
        assert.ok(uid === dashboard.uid || provisioned.includes(uid), uid);
    });
  });
}

const overlap = (a: GridPos, b: GridPos): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
