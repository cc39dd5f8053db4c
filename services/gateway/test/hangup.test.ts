import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';

const main = path.join(import.meta.dirname, '..', 'src', 'main.ts');

it('SIGHUP reads the configuration again, bad values change nothing, and the process goes on until SIGTERM', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'penstock-hangup-'));
  const file = path.join(folder, 'gateway.env');
  const env = { ...process.env, GATEWAY_PORT: '0', LOG_FORMAT: 'ecs', DRAIN_PROPAGATION_MS: '0', PENSTOCK_CONFIG: file };
  await writeFile(file, 'BREAKER_THRESHOLD=7\n');
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  const lines = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]();
  let output = '';
  const said = async (what: RegExp): Promise<void> => {
    while (!what.test(output)) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`ended without ${what}: ${output}`);
      output += String(value);
    }
  };
  await said(/Server listening/);
  child.kill('SIGHUP');
  await said(/Configuration read again: .*breaker\(7 calls in a row/);
  await writeFile(file, 'BREAKER_THRESHOLD=many\n');
  child.kill('SIGHUP');
  await said(/everything stays as it was: BREAKER_THRESHOLD: received/);
  child.kill('SIGTERM');
  await said(/Shutting down gracefully/);
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  assert.equal(code, 0);
});
