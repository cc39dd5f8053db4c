import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { serviceReady } from '../support/engine-process.ts';
import { copyPrepared } from '../support/prepared-data.ts';
import { freePort, Running } from '../support/process.ts';

// The commands of deploy/docker/Dockerfile, run as they are written there, outside a container.

const root = path.join(import.meta.dirname, '..', '..');

interface Stage {
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What a stage of the Dockerfile runs, with the settings it inherits from the stages it stands on. */
function readStage(name: string): Stage {
  const text = readFileSync(path.join(root, 'deploy', 'docker', 'Dockerfile'), 'utf8').replaceAll(/\\\n/g, ' ');
  const blocks = text.split(/^(?=FROM )/m);
  const block = blocks.find((each) => new RegExp(`^FROM \\S+ AS ${name}$`, 'm').test(each));
  assert.ok(block, `the Dockerfile has no stage ${name}`);
  const base = /^FROM (\S+)/.exec(block)?.[1] ?? '';
  const inherited = base.includes(':') ? {} : readStage(base).env;
  const list = (pattern: RegExp): readonly string[] => JSON.parse(pattern.exec(block)?.[1] ?? '[]');
  const settings = [...block.matchAll(/^ENV (.+)$/gm)].flatMap(([, line]) => [...(line ?? '').matchAll(/(\w+)=(\S+)/g)]);
  return {
    command: list(/^CMD (\[.+\])$/m),
    healthcheck: list(/^HEALTHCHECK .*CMD (\[.+\])$/m),
    env: { ...inherited, ...Object.fromEntries(settings.map(([, key, value]) => [key ?? '', value ?? ''])) },
  };
}

/** `node` of the command is the Node that runs the test; nothing else is replaced. */
function run([command, ...args]: readonly string[], env: Readonly<Record<string, string>>): Running {
  assert.equal(command, 'node');
  return new Running(spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

for (const [name, portVariable] of [
  ['gateway', 'GATEWAY_PORT'],
  ['engine', 'ENGINE_PORT'],
] as const) {
  test(`the ${name} image's command starts it, its health check tells ready from not ready, and SIGTERM ends it with exit code 0`, async (t) => {
    const stage = readStage(name);
    const folder = mkdtempSync(path.join(tmpdir(), 'penstock-image-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    if (name === 'engine') await copyPrepared(folder);
    assert.equal(stage.env.HOST, '0.0.0.0');
    const env = {
      ...stage.env,
      [portVariable]: String(await freePort()),
      HOST: '127.0.0.1',
      DRAIN_PROPAGATION_MS: '100',
      DATA_DIR: folder,
    };

    assert.equal((await run(stage.healthcheck, env).exited).code, 1);
    const service = run(stage.command, env);
    t.after(() => service.end());
    await serviceReady(service, `http://127.0.0.1:${env[portVariable]}`);
    assert.equal((await run(stage.healthcheck, env).exited).code, 0);

    service.kill('SIGTERM');
    assert.deepEqual(await service.exited, { code: 0, signal: null });
  });
}
