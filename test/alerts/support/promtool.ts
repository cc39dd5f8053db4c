import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Available } from '../../support/require-server.ts';
import { type Alert, filesOf } from './rules.ts';

const run = promisify(execFile);

/** Whether a program of Prometheus or Alertmanager can be run. */
export async function toolAvailable(tool: 'promtool' | 'amtool'): Promise<Available> {
  try {
    await run(tool, ['--version']);
    return true;
  } catch (error) {
    return `${tool} cannot be run (${(error as Error).message.split('\n')[0]})`;
  }
}

/** What series show, and when somebody looks whether the alert fires. */
export interface Scene {
  /** Values by series, in promtool's notation, one for each `every`. */
  readonly given: Readonly<Record<string, string>>;
  readonly at: string;
  /** Between two values, and between two evaluations. Default: 1m. */
  readonly every?: string;
}
export interface Fired {
  /** Without the severity. */
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Has promtool compute what the alert does in this scene. @throws Error with what promtool says if it is something else */
export async function assertAlert(alert: Alert, scene: Scene, fired: readonly Fired[]): Promise<void> {
  const { labels, annotations } = alert;
  const every = scene.every ?? '1m';
  const exp_alerts = fired.map((each) => ({
    exp_labels: { ...each.labels, ...labels },
    exp_annotations: { ...annotations, summary: each.summary },
  }));
  const test = {
    interval: every,
    input_series: Object.entries(scene.given).map(([series, values]) => ({ series, values })),
    alert_rule_test: [{ eval_time: scene.at, alertname: alert.alert, exp_alerts }],
  };
  // JSON is YAML.
  await runPromtool({ rule_files: filesOf(alert), evaluation_interval: every, tests: [test] });
}

async function runPromtool(file: object): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'penstock-promtool-'));
  const name = path.join(folder, 'tests.json');
  try {
    await writeFile(name, JSON.stringify(file));
    await run('promtool', ['test', 'rules', name]).catch((error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`${error.stdout}${error.stderr}` || error.message);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
