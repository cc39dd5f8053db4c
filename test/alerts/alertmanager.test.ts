import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Alertmanager, alertmanagerAvailable, type ManagedAlert } from '../support/alertmanager.ts';
import { until } from '../support/process.ts';
import { requireServer } from '../support/require-server.ts';
import { toolAvailable } from './support/promtool.ts';
import { ALERTS } from './support/rules.ts';

const config = path.join(import.meta.dirname, '../../deploy/alertmanager/alertmanager.yml');
const amtool = (...args: string[]) => promisify(execFile)('amtool', args);

describe('the configuration of Alertmanager', () => {
  test('is one', async (t) => {
    if (!requireServer(t, 'amtool', await toolAvailable('amtool'))) return;
    const { stdout } = await amtool('check-config', config);
    assert.match(stdout, /SUCCESS/);
  });

  for (const [severity, receiver] of Object.entries({ critical: 'on-call', warning: 'tickets' })) {
    test(`routes ${severity} alerts to ${receiver}`, async (t) => {
      if (!requireServer(t, 'amtool', await toolAvailable('amtool'))) return;
      await amtool(
        'config',
        'routes',
        'test',
        `--config.file=${config}`,
        `--verify.receivers=${receiver}`,
        `severity=${severity}`,
      );
    });
  }

  test('names only alerts that exist', () => {
    const names = new Set(ALERTS.map(({ alert }) => alert));
    const named = [...readFileSync(config, 'utf8').matchAll(/alertname=~?"([\w|]+)"/g)].flatMap(([, each = '']) =>
      each.split('|'),
    );
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((name) => !names.has(name)),
      [],
    );
  });
});

const available = await alertmanagerAvailable();

describe('Alertmanager holds back what follows from another alert', () => {
  let heldBack: ReadonlySet<string | undefined> = new Set();

  before(async () => {
    if (available !== true) return;
    const alertmanager = await Alertmanager.start(readFileSync(config, 'utf8'));
    try {
      const told = [
        { alertname: 'ServiceDown', job: 'engine', instance: 'engine:8080', severity: 'critical' },
        ...['BreakerOpen', 'ConsecutiveFailures', 'EngineEjected'].map((alertname) => ({ alertname, severity: 'warning' })),
        { alertname: 'ErrorBudgetBurnsFast', slo: 'availability', severity: 'critical' },
        { alertname: 'ErrorBudgetBurns', slo: 'availability', severity: 'critical' },
        { alertname: 'ErrorBudgetBurnsSlowly', slo: 'latency', severity: 'warning' },
        { alertname: 'SharedStateAway', instance: 'gateway:8082', severity: 'critical' },
      ];
      await alertmanager.tell(told);
      const settled = (all: readonly ManagedAlert[]): boolean =>
        all.length === told.length && all.some(({ status }) => status.inhibitedBy.length > 0);
      const alerts = await until('the alerts', async () => {
        const all = await alertmanager.alerts();
        return settled(all) && all;
      });
      heldBack = new Set(alerts.filter(({ status }) => status.state === 'suppressed').map(({ labels }) => labels.alertname));
    } finally {
      await alertmanager.stop();
    }
  });

  const expected: Readonly<Record<string, boolean>> = {
    ServiceDown: false,
    BreakerOpen: true,
    ConsecutiveFailures: true,
    EngineEjected: true,
    ErrorBudgetBurnsFast: false,
    ErrorBudgetBurns: true,
    ErrorBudgetBurnsSlowly: false,
    SharedStateAway: false,
  };
  for (const [name, held] of Object.entries(expected)) {
    test(`${name} ${held ? 'is held back' : 'is told'}`, (t) => {
      if (requireServer(t, 'Alertmanager', available)) assert.equal(heldBack.has(name), held);
    });
  }
});
