import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { AnalysisReply } from '@penstock/contracts';
import { README_REQUEST } from '../support/engine.ts';

const MAIN = path.join(import.meta.dirname, '../../src/main.ts');

interface Engine {
  readonly child: ChildProcess;
  readonly url: string;
  output(): string;
}

function launch(dataDir: string, env: Record<string, string> = {}): { child: ChildProcess; output: () => string } {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH, ENGINE_PORT: '0', DATA_DIR: dataDir, DRAIN_PROPAGATION_MS: '0', LOG_FORMAT: 'ecs', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += String(chunk)));
  return { child, output: () => text };
}

async function startEngine(dataDir: string, env: Record<string, string> = {}): Promise<Engine> {
  const { child, output } = launch(dataDir, env);
  for (;;) {
    const address = /Server listening at (http:\/\/[\d.:]+)/.exec(output())?.[1];
    if (address !== undefined) return { child, url: address, output };
    assert.equal(child.exitCode, null, output());
    await wait(20);
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill(signal);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

const analyze = (url: string, options: object = {}, init: RequestInit = {}) =>
  fetch(`${url}/api/analyze/comprehensive`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...README_REQUEST, options }),
    ...init,
  });

describe('the engine as a process', () => {
  let dataDir: string;
  let engine: Engine;
  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'penstock-engine-'));
    engine = await startEngine(dataDir);
  });
  after(async () => {
    await end(engine.child, 'SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  it('serves a result after a SIGKILL right behind the reply', async () => {
    const reply = await analyze(engine.url, { seed: 7 });
    const text = await reply.text();
    await end(engine.child, 'SIGKILL');
    engine = await startEngine(dataDir);
    const stored = await fetch(`${engine.url}/api/analyses/${JSON.parse(text).analysis_id}`);
    assert.equal(stored.status, 200);
    assert.equal(await stored.text(), text);
    const figure = await fetch(`${engine.url}${JSON.parse(text).figures[0].url}`);
    assert.equal(figure.status, 200);
  });

  it('frees the worker within 50 ms when a client hangs up on a long analysis', async () => {
    const active = async () =>
      Number(/active=(\d+)/.exec((await fetch(`${engine.url}/health/live`)).headers.get('penstock-load') ?? '')?.[1]);
    const leaving = new AbortController();
    const pending = analyze(engine.url, { bootstrap: 100_000 }, { signal: leaving.signal });
    pending.catch(() => undefined);
    while ((await active()) !== 1) await wait(5);
    await wait(1000);
    assert.equal(await active(), 1);
    const hungUpAt = performance.now();
    leaving.abort();
    let asked = hungUpAt;
    let looks = 0;
    do {
      asked = performance.now();
      looks++;
    } while ((await active()) !== 0 && looks < 1000);
    // The look that saw it free was sent `asked - hungUpAt` after the hang-up, at the latest.
    assert.ok(asked - hungUpAt < 50, `${(asked - hungUpAt).toFixed(1)} ms`);
    assert.match(await (await fetch(`${engine.url}/metrics`)).text(), /^worker_active_jobs 0$/m);
    await assert.rejects(pending);
  });

  it('refuses a folder that another engine has, with one clear line', async () => {
    const { child, output } = launch(dataDir);
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 1);
    assert.equal(output().trim().split('\n').length, 1, output());
    assert.match(output(), new RegExp(dataDir));
  });

  it('refuses a port in use and a bad variable, with one clear line each', async () => {
    const other = await mkdtemp(path.join(tmpdir(), 'penstock-engine-'));
    const port = new URL(engine.url).port;
    for (const [env, line] of [
      [{ ENGINE_PORT: port, LOG_LEVEL: 'fatal' }, `engine: Port ${port} on 127.0.0.1 is in use`],
      [{ WORKERS: 'many' }, 'engine: WORKERS: received "many", accepted: an integer from 1 to 256'],
    ] as const) {
      const { child, output } = launch(other, env);
      const [code] = (await once(child, 'exit')) as [number];
      assert.equal(code, 1);
      assert.ok(output().startsWith(line), output());
      assert.equal(output().trim().split('\n').length, 1, output());
    }
    await rm(other, { recursive: true, force: true });
  });

  it('answers an upload that it refuses half-way, and the connection goes on', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (options: http.RequestOptions, write: (request: http.ClientRequest) => void) =>
      new Promise<{ status: number; text: string }>((resolve, reject) => {
        const request = http.request(engine.url, { agent, ...options }, (reply) => {
          let text = '';
          reply.on('data', (chunk) => (text += String(chunk)));
          reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text }));
        });
        request.on('error', reject);
        write(request);
      });
    const line = `${'x'.repeat(1000)}\n`;
    const refused = await ask({ method: 'POST', path: '/api/datasets', headers: { 'content-type': 'text/csv' } }, (request) => {
      request.write(`a,b\n1,2\n1,2,3\n${line.repeat(2000)}`);
      setTimeout(() => request.end(line.repeat(2000)), 300);
    });
    assert.equal(refused.status, 422, refused.text);
    const next = await ask({ path: '/health/live' }, (request) => request.end());
    assert.equal(next.status, 200);
    agent.destroy();
  });

  it('drains on SIGTERM: the request in flight is answered, exit code 0', async () => {
    const pending = analyze(engine.url, { bootstrap: 40, seed: 99 });
    await wait(150);
    const exit = end(engine.child, 'SIGTERM');
    const reply = await pending;
    assert.equal(reply.status, 200);
    assert.equal(((await reply.json()) as AnalysisReply).options.bootstrap, 40);
    assert.equal(await exit, 0, engine.output());
  });
});
