import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { SERIES, samplesOf } from '../dashboards/support/registry.ts';
import { namesIn } from '../support/promql.ts';
import { requireServer } from '../support/require-server.ts';
import { toolAvailable } from './support/promtool.ts';
import { ALERTS, RECORDED } from './support/rules.ts';
import { SCENES } from './support/scenes.ts';

const root = path.join(import.meta.dirname, '../..');
const runbook = readFileSync(path.join(root, 'docs/runbook.md'), 'utf8');

/** Series that Prometheus itself has of what it scrapes. */
const OF_PROMETHEUS = ['up'];
const registered = new Set(SERIES.flatMap(samplesOf));
const known = new Set([...OF_PROMETHEUS, ...registered, ...RECORDED.map(({ record }) => record)]);
const unknownIn = (expr: string, among: ReadonlySet<string>): string[] => [...namesIn(expr)].filter((name) => !among.has(name));
const rules = [
  ...ALERTS.map(({ alert, expr }) => ({ name: alert, expr })),
  ...RECORDED.map(({ record, expr }) => ({ name: record, expr })),
];

test('there are alerts, recording rules and series to compare', () => {
  assert.ok(ALERTS.length >= 18);
  assert.ok(RECORDED.length >= 8);
  assert.ok(SERIES.length > 50);
});

describe('every rule reads nothing but series of the registry, recorded ones, and up', () => {
  for (const { name, expr } of rules) test(name, () => assert.deepEqual(unknownIn(expr, known), [], expr));
});

test('a series that is deleted is missed by every rule that reads it', () => {
  for (const { name, expr } of rules) {
    for (const read of [...namesIn(expr)].filter((each) => registered.has(each))) {
      const rest = new Set([...known].filter((each) => each !== read));
      assert.deepEqual(unknownIn(expr, rest), [read], name);
    }
  }
});

test('every recorded series is read by another rule', () => {
  const read = new Set(rules.flatMap(({ expr }) => [...namesIn(expr)]));
  assert.deepEqual(
    RECORDED.map(({ record }) => record).filter((name) => !read.has(name)),
    [],
  );
});

test('no rule has a variable of Grafana', () => {
  for (const { name, expr } of rules) assert.doesNotMatch(expr, /\$__/, name);
});

for (const { alert, labels, annotations } of ALERTS) {
  describe(alert, () => {
    test('has a severity, a summary, and scenes in which it fires and in which it does not', () => {
      assert.ok(['critical', 'warning'].includes(labels.severity ?? ''), `severity: ${labels.severity}`);
      assert.match(annotations.summary ?? '', /^[A-Z{].{20,}\.$/);
      const { fires = {}, quiet = {} } = SCENES[alert] ?? {};
      assert.ok(Object.keys(fires).length > 0, 'fires');
      assert.ok(Object.keys(quiet).length > 0, 'quiet');
    });

    test('links to a section of its own in the runbook, which says what it means, how to look and what to do', () => {
      assert.equal(annotations.runbook_url, `docs/runbook.md#${alert.toLowerCase()}`);
      const section = runbook.split(/^## /m).find((each) => each.startsWith(`${alert}\n`)) ?? '';
      for (const word of ['Means', 'Look', 'do|Do']) assert.match(section, new RegExp(`\\*\\*(${word})`), `${alert}: ${word}`);
    });
  });
}

test('the runbook has no section, and the scenes have no entry, of an alert that does not exist', () => {
  const names = ALERTS.map(({ alert }) => alert).sort();
  assert.deepEqual([...runbook.matchAll(/^## (.+)$/gm)].map(([, title]) => title).sort(), names);
  assert.deepEqual(Object.keys(SCENES).sort(), names);
});

test('Prometheus takes its configuration with the rules that it names', async (t) => {
  if (!requireServer(t, 'promtool', await toolAvailable('promtool'))) return;
  const config = path.join(root, 'deploy/prometheus/prometheus.yml');
  const { stdout } = await promisify(execFile)('promtool', ['check', 'config', config]);
  assert.match(stdout, /objectives\.rules\.yml/);
  const counts = [...stdout.matchAll(/SUCCESS: (\d+) rules found/g)].map(([, count]) => Number(count));
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    rules.length,
    stdout,
  );
});
