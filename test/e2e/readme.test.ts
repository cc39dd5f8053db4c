/** The README's commands, taken from its text and run in a shell against the real pair. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Pair } from '../support/pair.ts';
import { send } from '../support/requests.ts';

const run = promisify(execFile);
const README = path.join(import.meta.dirname, '../../README.md');

describe("the README's commands", () => {
  let pair: Pair;
  let folder: string;
  let blocks: string[];
  before(async () => {
    const text = await readFile(README, 'utf8');
    blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    folder = await mkdtemp(path.join(tmpdir(), 'penstock-readme-'));
    pair = await Pair.start({ gatewayEnv: { RETRY_BASE_MS: '20' } });
  });
  after(async () => {
    await pair.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The block that has `mark` in it, aimed at this pair, with what must come before it. */
  function block(mark: string): string {
    const found = blocks.filter((each) => each.includes(mark));
    assert.equal(found.length, 1, `one block of the README has ${mark}`);
    return found[0]!
      .replaceAll('localhost:8082', `127.0.0.1:${pair.gatewayPort}`)
      .replaceAll('$(pgrep -f services/gateway/src/main.ts)', String(pair.gateway.child.pid));
  }
  const shell = async (script: string): Promise<string> =>
    (await run('bash', ['-c', script], { cwd: folder, timeout: 60_000 })).stdout;

  it('send the request and the upload', async () => {
    const { results } = JSON.parse(
      await shell(block('-d \'{"dataset_id":"test","mapping":{"y":"y","treatment":"w","unit_id":"id"}}\'')),
    ) as { results: { status: string }[] };
    assert.ok(results.filter(({ status }) => status === 'ok').length >= 8);
    await writeFile(path.join(folder, 'your.csv'), 'id,w,y\n1,0,2\n2,1,3\n3,0,1\n');
    const uploaded = await shell(block('@your.csv'));
    const { id, columns } = JSON.parse(uploaded) as { id: string; columns: unknown[] };
    assert.ok(id.length > 0);
    assert.equal(columns.length, 3);
  });

  it('show the breaker opening and closing, as it is shown', async () => {
    assert.match(await shell(block('ask() {')), /200 in \d/);
    pair.engine.kill('SIGKILL');
    await pair.engine.exited;
    const output = await shell(`${block('ask() {').replace(/\nask\n$/, '\n')}${block('for i in 1 2 3 4 5 6')}`);
    assert.equal(output.match(/"code":"engine_unavailable"/g)?.length, 5);
    assert.match(output, /Circuit breaker OPEN for engine: next attempt in \d+ s/);
    await pair.startEngine();
    // Asked every second, the engine says soon that it is ready; a break runs 24 s at least.
    await breakerIs(pair, 'half_open', 20_000);
    assert.match(await shell(`${block('ask() {').replace(/\nask\n$/, '\n')} ask; ask`), /200 in .*200 in/s);
    await breakerIs(pair, 'closed', 1000);
  });

  it('show the drain: the slow request is answered whole, and the gateway exits with code 0', async () => {
    pair.gateway.kill('SIGKILL');
    await pair.gateway.exited;
    await pair.startGateway();
    // Fewer draws still take longer than the second before the signal. The README's shell goes on at once; here the
    // reply is waited for.
    const fewer = block('bootstrap').replace('"bootstrap\\":400', '"bootstrap\\":150');
    assert.match(fewer, /:150,/);
    assert.match(await shell(`${fewer}\nwait`), /200/);
    assert.ok(JSON.parse(await readFile(path.join(folder, 'reply.json'), 'utf8')));
    assert.deepEqual(await pair.gateway.exited, { code: 0, signal: null });
  });
});

async function breakerIs({ gatewayUrl }: Pair, state: string, withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  let now: string | undefined;
  while (now !== state) {
    assert.ok(performance.now() < until, `the breaker is ${now}, not ${state}`);
    const { body } = await send<{ breakers: { state: string }[] }>(`${gatewayUrl}/api/resilience`);
    now = body.breakers[0]?.state;
    await wait(50);
  }
}
