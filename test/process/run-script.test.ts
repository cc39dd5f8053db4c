import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/process.ts';
import { FakeClone, pinnedNode, type ScriptRun, untilGone } from './support/fake-clone.ts';

async function startedBoth(t: TestContext, env: Record<string, string> = {}): Promise<ScriptRun> {
  const run = new FakeClone(t).run(['start'], env);
  await run.until('Ctrl-C finishes');
  return run;
}

const pidOf = (run: ScriptRun, name: string): number => Number(run.said(name, 'listening')?.pid);

// Each has a clone of its own, and mostly waits for processes to start.
describe('scripts/run.mjs', { concurrency: 3 }, () => {
  test('start prints the addresses and a request with the actual port, and drains the gateway before the engine', async (t) => {
    const GATEWAY_PORT = String(await freePort());
    const run = await startedBoth(t, { GATEWAY_PORT });

    assert.match(run.stdout, new RegExp(`gateway  http://localhost:${GATEWAY_PORT} `));
    assert.match(run.stdout, new RegExp(`docs     http://localhost:${GATEWAY_PORT}/docs`));
    assert.match(run.stdout, new RegExp(`status   http://localhost:${GATEWAY_PORT}/status`));
    assert.match(run.stdout, new RegExp(`curl -X POST http://localhost:${GATEWAY_PORT}/api/analyze/comprehensive -H`));

    run.child.kill('SIGTERM');
    assert.deepEqual(await run.ended, { code: 0, signal: null });
    const order = [...run.stdout.matchAll(/"name":"(\w+)","message":"(draining|drained)"/g)].map(
      ([, name, what]) => `${name} ${what}`,
    );
    assert.deepEqual(order, ['gateway draining', 'gateway drained', 'engine draining', 'engine drained']);
  });

  test('the gateway is told where the engine listens', async (t) => {
    const ENGINE_PORT = String(await freePort());
    const run = await startedBoth(t, { ENGINE_PORT });

    assert.equal(run.said('gateway', 'listening')?.ENGINE_URL, `http://127.0.0.1:${ENGINE_PORT}`);
  });

  test('a dead engine leaves the gateway running, with the command that brings it back, and its return is noticed', async (t) => {
    const clone = new FakeClone(t);
    const env = { ENGINE_PORT: String(await freePort()), DATA_DIR: './some where' };
    const run = clone.run(['start'], env);
    await run.until('Ctrl-C finishes');

    process.kill(pidOf(run, 'engine'), 'SIGKILL');
    await run.until('The engine ended by SIGKILL. The gateway goes on.');
    await run.until(`  ENGINE_PORT=${env.ENGINE_PORT} DATA_DIR='./some where' npm run start:engine\n`);
    const second = clone.run(['start:engine'], env);
    await run.until('The engine answers again at');

    run.child.kill('SIGTERM');
    assert.equal((await run.ended).code, 0);
    second.child.kill('SIGTERM');
    assert.equal((await second.ended).code, 0);
  });

  test('the command that brings a service back does not show a password', async (t) => {
    const run = await startedBoth(t, { POSTGRES_URL: 'postgres://user:secret@127.0.0.1/db' });

    process.kill(pidOf(run, 'engine'), 'SIGKILL');
    await run.until('POSTGRES_URL="$POSTGRES_URL" npm run start:engine');
  });

  test('a dead gateway is reported with its command', async (t) => {
    const run = await startedBoth(t);

    process.kill(pidOf(run, 'gateway'), 'SIGKILL');
    await run.until(/The gateway ended by SIGKILL\. The engine goes on\.[^\n]+\n {2}[^\n]*npm run start:gateway\n/);
  });

  test('a service that cannot start ends the run with its own line and exit code 1', async (t) => {
    const run = new FakeClone(t).run(['start'], { FAKE_FAILS: 'engine' });

    assert.equal((await run.ended).code, 1);
    assert.match(run.stderr, /^engine: cannot start$/m);
    assert.match(run.stderr, /^The engine ended with exit code 1 before it was ready/m);
  });

  test('a port in use is one line that names the port and its variable, before anything starts', async (t) => {
    const server = createServer();
    t.after(() => server.close());
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const run = new FakeClone(t).run(['start'], { GATEWAY_PORT: String(port) });

    assert.equal((await run.ended).code, 1);
    assert.match(run.stderr, new RegExp(`^Port ${port} is in use: .*GATEWAY_PORT.*\n$`));
    assert.equal(run.said('engine', 'listening'), undefined);
  });

  test('a port that is no number is one line', async (t) => {
    const run = new FakeClone(t).run(['start:engine'], { ENGINE_PORT: 'eighty' });

    assert.equal((await run.ended).code, 1);
    assert.equal(run.stderr, 'ENGINE_PORT: received "eighty", accepted: an integer from 0 to 65535\n');
  });

  test('services end by themselves when the script that started them is killed', async (t) => {
    const run = await startedBoth(t);
    const pids = [pidOf(run, 'engine'), pidOf(run, 'gateway')];

    run.child.kill('SIGKILL');
    for (const pid of pids) await untilGone(pid);
  });

  test('a Ctrl-C that arrives twice at once, from the terminal and from npm, is one request to drain', async (t) => {
    const run = await startedBoth(t, { FAKE_DRAIN_MS: '300' });

    run.child.kill('SIGINT');
    await sleep(50);
    run.child.kill('SIGINT');
    assert.equal((await run.ended).code, 0);
    assert.notEqual(run.said('engine', 'drained'), undefined);
  });

  test('a second Ctrl-C ends everything at once', async (t) => {
    const run = await startedBoth(t, { FAKE_DRAIN_MS: '60000' });
    const pids = [pidOf(run, 'engine'), pidOf(run, 'gateway')];

    run.child.kill('SIGINT');
    await run.until('"message":"draining"');
    await sleep(600);
    const second = Date.now();
    run.child.kill('SIGINT');
    assert.equal((await run.ended).code, 130);
    for (const pid of pids) await untilGone(pid);
    assert.ok(Date.now() - second < 5000);
  });

  test('lines of the services stay whole JSON for a machine, and are labelled when they are for people', async (t) => {
    const machine = await startedBoth(t);
    assert.notEqual(machine.said('engine', 'listening'), undefined);

    const people = await startedBoth(t, { LOG_FORMAT: 'pretty' });
    assert.match(people.stdout, /^\[engine\] \{"name":"engine"/m);
    assert.match(people.stdout, /^\[gateway\] \{"name":"gateway"/m);
  });

  test('.env is read, and the environment wins over it', async (t) => {
    const clone = new FakeClone(t);
    const port = await freePort();
    clone.write(['.env'], `FROM_DOTENV="a b" # why\nENGINE_PORT=1\nGATEWAY_PORT=${port}\n`);
    const run = clone.run(['start'], { GATEWAY_PORT: undefined });
    await run.until('Ctrl-C finishes');

    assert.equal(run.said('engine', 'listening')?.FROM_DOTENV, 'a b');
    assert.match(run.stdout, new RegExp(`gateway  http://localhost:${port} `));
    assert.doesNotMatch(run.stdout, /engine {3}http:\/\/localhost:1 /);
  });

  test('what npm puts into the environment reaches no service; a registry and a cache reach npm and pnpm', async (t) => {
    const clone = new FakeClone(t);
    const run = clone.run(['start'], {
      npm_config_registry: 'http://registry.example',
      npm_config_cache: clone.path('cache'),
      npm_config_dry_run: 'true',
      npm_config_omit: 'optional',
      npm_config_global: 'true',
      npm_config_yes: '',
      NODE_ENV: 'production',
    });
    await run.until('Ctrl-C finishes');

    assert.deepEqual(run.said('engine', 'listening')?.fromNpm, []);
    const [call] = clone.npmCalls();
    const config = call?.config.filter((name) => !name.includes('fetch_retry')) ?? [];
    assert.deepEqual(config.toSorted(), ['npm_config_cache', 'npm_config_registry', 'pnpm_config_registry']);
    assert.equal(call?.nodeEnv, undefined);
  });

  test('packages are installed once, and again when a lockfile or package.json changes', async (t) => {
    const clone = new FakeClone(t);
    const installsAfterOneMoreRun = async () => {
      await clone.run(['start:engine'], { FAKE_FAILS: 'engine' }).ended;
      return clone.npmCalls().filter(({ args }) => args[0] === 'exec').length;
    };

    assert.equal(await installsAfterOneMoreRun(), 1);
    assert.equal(await installsAfterOneMoreRun(), 1);
    clone.write(['pnpm-lock.yaml'], 'lockfileVersion: 9.1\n');
    assert.equal(await installsAfterOneMoreRun(), 2);
    clone.write(['services', 'engine', 'package.json'], '{"type":"module","dependencies":{}}');
    assert.equal(await installsAfterOneMoreRun(), 3);
    const args = clone.npmCalls()[0]?.args ?? [];
    assert.ok(args.includes('--package=pnpm@1.2.3') && args.includes('--frozen-lockfile'), args.join(' '));
  });

  test('two runs at once in one clone install once, and both go on', async (t) => {
    const clone = new FakeClone(t);
    const runs = [clone.run(['start'], { FAKE_NPM: 'slow' }), clone.run(['start'], { FAKE_NPM: 'slow' })];
    for (const run of runs) await run.until('Ctrl-C finishes');

    assert.equal(clone.npmCalls().length, 1);
    assert.equal(runs.filter((run) => run.stdout.includes('Waiting for another run')).length, 1);
  });

  test('a lock whose owner was killed does not stop the next run', async (t) => {
    const clone = new FakeClone(t);
    const first = clone.run(['start'], { FAKE_NPM: 'slow' });
    while (clone.npmCalls().length === 0) await sleep(10);
    first.child.kill('SIGKILL');
    await first.ended;

    const second = clone.run(['start']);
    await second.until('Ctrl-C finishes');
  });

  test('where the running Node is too old, the pinned one is installed and stands first on PATH', async (t) => {
    const clone = new FakeClone(t, { neededNode: 99 });
    const run = clone.run(['start']);
    await run.until('Ctrl-C finishes');

    assert.deepEqual(
      clone.npmCalls().map(({ args }) => args[0]),
      ['ci', 'exec'],
    );
    assert.equal(
      run.said('engine', 'listening')?.firstOnPath,
      clone.path('tools', 'node', 'node_modules', pinnedNode.name, 'bin'),
    );
  });

  const failures = [
    ['no network', 'npm error code ENOTFOUND\nnpm error network request failed', /could not be installed: no network/],
    ['a full disk', 'npm error code ENOSPC\nnpm error nospc no space left', /could not be installed: the disk is full/],
    ['a stale lockfile', 'ERR_PNPM_OUTDATED_LOCKFILE', /could not be installed: a package\.json and its lockfile disagree/],
    ['a foreign owner', 'npm error code EACCES', /could not be installed: files cannot be written/],
    ['a failure of another kind', 'something else', /could not be installed: pnpm says why/],
  ] as const;
  for (const [name, output, expected] of failures) {
    test(`an installation that fails by ${name} says so in one line, and shows the tool's last lines`, async (t) => {
      const run = new FakeClone(t).run(['start'], { FAKE_NPM: output });

      assert.equal((await run.ended).code, 1);
      const [line, separator, ...tail] = run.stderr.trimEnd().split('\n');
      assert.match(line ?? '', expected);
      assert.match(separator ?? '', /^---/);
      assert.equal(tail.join('\n'), output);
    });
  }

  test('a pinned Node that npm left out without a word of failure is reported with its cause, and tried again', async (t) => {
    const clone = new FakeClone(t, { neededNode: 99 });
    const env = { FAKE_NPM: 'leaves Node out', FAKE_FAILS: 'engine' };
    const first = clone.run(['start'], env);
    assert.equal((await first.ended).code, 1);
    assert.match(first.stderr, /^Node 99\.1\.0 could not be installed: no network/);

    await clone.run(['start'], { ...env, FAKE_NPM: 'works' }).ended;
    assert.deepEqual(
      clone.npmCalls().map(({ args }) => args[0]),
      ['ci', 'ci', 'exec'],
    );
  });

  test('an npm that is too old is one line', async (t) => {
    const run = new FakeClone(t).run(['start'], { FAKE_NPM: 'too old' });

    assert.equal((await run.ended).code, 1);
    assert.match(run.stderr, /^npm 6\.14\.4 is too old: npm >= 7 is needed.*\n$/);
  });

  test('an unknown script is one line', async (t) => {
    const run = new FakeClone(t).run(['strat']);

    assert.equal((await run.ended).code, 1);
    assert.match(run.stderr, /^Unknown script "strat": one of start, .*\n$/);
  });

  test('a benchmark that is not there is one line with those that are', async (t) => {
    const clone = new FakeClone(t);
    for (const [args, said] of [
      [['bench'], 'No benchmark named'],
      [['bench', 'speed'], 'Unknown benchmark "speed"'],
    ] as const) {
      const run = clone.run([...args]);
      assert.equal((await run.ended).code, 1);
      assert.match(run.stderr, new RegExp(`^${said}: one of resilience.*\\n$`));
    }
  });

  test('what is to be tested is named by a file, a file of a suite by its bare name too; any other word is one line', async (t) => {
    const clone = new FakeClone(t);
    const passing = (title: string) => `import { test } from 'node:test'; test('${title}', () => {});`;
    clone.write(['test', 'proof', 'outage.test.ts'], passing('an outage'));
    clone.write(['test', 'proof', 'rolling.test.ts'], passing('a restart'));

    for (const args of [['prove'], ['prove', 'rolling'], ['prove', 'test/proof/rolling.test.ts']]) {
      const run = clone.run(args);
      assert.equal((await run.ended).code, 0);
      assert.match(run.stdout, args.length === 1 ? /2 passed/ : /1 passed/);
    }

    const stray = clone.run(['prove', 'roling']);
    assert.equal((await stray.ended).code, 1);
    assert.match(stray.stderr, /^No test file "roling": give a path from the root of the project\n$/);
  });

  test('test runs the suites, passes options on, counts over all of them and fails if one fails', async (t) => {
    const clone = new FakeClone(t);
    const body = (title: string, text: string) => `import { test } from 'node:test'; test('${title}', (t) => { ${text} });`;
    clone.write(['packages', 'a', 'test', 'deep', 'a.test.ts'], body('in a package', ''));
    clone.write(['services', 'engine', 'test', 'e.test.ts'], body('in a service', `t.skip('no server')`));
    clone.write(
      ['services', 'engine', 'test', 's.test.ts'],
      `import { describe } from 'node:test'; describe('suite', { skip: 'no data' }, () => {});`,
    );
    clone.write(['test', 'e2e', 'w.test.ts'], body('of the whole', `throw new Error('wrong')`));
    clone.write(['test', 'compose', 'c.test.ts'], body('with its own command', `throw new Error('not asked for')`));

    const all = clone.run(['test']);
    assert.equal((await all.ended).code, 1);
    assert.match(all.stdout, /1 passed, 1 failed, 2 skipped \(/);

    const some = clone.run(['test', '--test-name-pattern', 'in a package']);
    assert.equal((await some.ended).code, 0);
    assert.match(some.stdout, /1 passed, 0 failed, 0 skipped \(/);

    const file = clone.run(['test', 'packages/a/test/deep/a.test.ts']);
    assert.equal((await file.ended).code, 0);
    assert.match(file.stdout, /1 passed, 0 failed, 0 skipped \(/);
  });
});
