import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { AnalysisReply } from '@penstock/contracts';
import { busyFor, fastestOfFive } from '../../../../test/support/busy.ts';
import { copyPrepared } from '../../../../test/support/prepared-data.ts';
import { type Running, runNode, until } from '../../../../test/support/process.ts';
import { README_REQUEST } from '../support/engine.ts';

const MAIN = path.join(import.meta.dirname, '../../src/main.ts');

interface Engine {
  readonly running: Running;
  readonly url: string;
}

const launch = (dataDir: string, env: Record<string, string> = {}): Running =>
  runNode(MAIN, { ENGINE_PORT: '0', DATA_DIR: dataDir, DRAIN_PROPAGATION_MS: '0', LOG_FORMAT: 'ecs', ...env });

async function startEngine(dataDir: string): Promise<Engine> {
  const running = launch(dataDir);
  const url = await until('the engine to listen', () => {
    assert.ok(running.running, running.output);
    return /Server listening at (http:\/\/[\d.:]+)/.exec(running.output)?.[1];
  });
  return { running, url };
}

async function preparedFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'penstock-engine-'));
  await copyPrepared(folder);
  return folder;
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
    dataDir = await preparedFolder();
    engine = await startEngine(dataDir);
  });
  // Most tests leave it running for the next.
  beforeEach(async () => {
    if (!engine.running.running) engine = await startEngine(dataDir);
  });
  after(async () => {
    await engine.running.end();
    await rm(dataDir, { recursive: true, force: true });
  });

  const active = async () =>
    Number(/active=(\d+)/.exec((await fetch(`${engine.url}/health/live`)).headers.get('penstock-load') ?? '')?.[1]);

  it('serves a result after a SIGKILL right behind the reply', async () => {
    const reply = await analyze(engine.url, { seed: 7 });
    const text = await reply.text();
    await engine.running.end();
    engine = await startEngine(dataDir);
    const stored = await fetch(`${engine.url}/api/analyses/${JSON.parse(text).analysis_id}`);
    assert.equal(stored.status, 200);
    assert.equal(await stored.text(), text);
    const figure = await fetch(`${engine.url}${JSON.parse(text).figures[0].url}`);
    assert.equal(figure.status, 200);
  });

  it('frees the worker within 50 ms when a client hangs up on a long analysis', async () => {
    const fastest = await fastestOfFive(50, async () => {
      const leaving = new AbortController();
      const pending = analyze(engine.url, { bootstrap: 100_000 }, { signal: leaving.signal });
      pending.catch(() => undefined);
      await until('the worker to be busy', async () => (await active()) === 1);
      await wait(1000);
      assert.equal(await active(), 1);
      leaving.abort();
      const busyMs = await busyFor(async () => (await active()) !== 0);
      await assert.rejects(pending);
      return busyMs;
    });
    assert.ok(fastest < 50, `${fastest.toFixed(1)} ms`);
    assert.match(await (await fetch(`${engine.url}/metrics`)).text(), /^worker_active_jobs 0$/m);
  });

  it('refuses a folder that another engine has, with one clear line', async () => {
    const second = launch(dataDir);
    assert.equal((await second.exited).code, 1);
    assert.equal(second.output.trim().split('\n').length, 1, second.output);
    assert.match(second.output, new RegExp(dataDir));
  });

  it('refuses a port in use and a bad variable, with one clear line each', async () => {
    const other = await preparedFolder();
    const port = new URL(engine.url).port;
    for (const [env, line] of [
      [{ ENGINE_PORT: port, LOG_LEVEL: 'fatal' }, `engine: Port ${port} on 127.0.0.1 is in use`],
      [{ WORKERS: 'many' }, 'engine: WORKERS: received "many", accepted: an integer from 1 to 256'],
    ] as const) {
      const refused = launch(other, env);
      assert.equal((await refused.exited).code, 1);
      assert.ok(refused.output.startsWith(line), refused.output);
      assert.equal(refused.output.trim().split('\n').length, 1, refused.output);
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
    const pending = analyze(engine.url, { bootstrap: 100, seed: 99 });
    await until('the request to be in flight', async () => (await active()) === 1);
    engine.running.kill('SIGTERM');
    const reply = await pending;
    assert.equal(reply.status, 200);
    assert.equal(((await reply.json()) as AnalysisReply).options.bootstrap, 100);
    assert.deepEqual(await engine.running.exited, { code: 0, signal: null }, engine.running.output);
  });
});
