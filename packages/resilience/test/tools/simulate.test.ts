import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { judge, passed, report } from '../../tools/simulation/judge.ts';
import { SCENARIOS, type Scenario } from '../../tools/simulation/scenarios.ts';
import { simulate } from '../../tools/simulation/simulate.ts';

/** One, and in `npm run test:slow` as many as it says. */
const otherSeeds = Array.from({ length: Number(process.env.SIMULATION_SEEDS ?? 1) }, (_, i) => 100 + i);

const named = (name: string): Scenario => {
  const scenario = SCENARIOS.find((each) => each.name === name);
  assert.ok(scenario !== undefined, name);
  return scenario;
};

suite('with a fixed seed', () => {
  for (const scenario of SCENARIOS) {
    test(`${scenario.name}: ${scenario.about}`, async () => {
      const judged = await judge(scenario, 1);
      assert.ok(passed(judged), report(judged));
    });
  }
});

suite('with other seeds', () => {
  for (const name of ['blip-20-callers', 'recovery', 'total-outage', 'slow-reads-hedged', 'slow-reads']) {
    test(`${name} holds whatever chance does`, async () => {
      for (const seed of otherSeeds) {
        const judged = await judge(named(name), seed);
        assert.ok(passed(judged), report(judged));
      }
    });
  }

  test('random failures: the share answered holds for each, on a sixth of the calls', async () => {
    for (const [name, atLeast] of [
      ['random-failures', 0.955],
      ['random-failures-six-attempts', 0.995],
    ] as const) {
      const { setup } = named(name);
      for (const seed of otherSeeds) {
        const { calls, transitions } = await simulate({ ...setup, load: { rps: 100, forMs: 10_000 } }, seed);
        const share = calls.filter(({ end }) => end === 'answered').length / calls.length;
        assert.ok(share >= atLeast, `${name}, seed ${seed}: ${share}`);
        assert.deepEqual(transitions, [], `${name}, seed ${seed}`);
      }
    }
  });
});

test('the same seed gives the same run, another one another', async () => {
  const { setup } = named('random-failures');
  const brief = { ...setup, load: { rps: 100, forMs: 2000 } };
  const run = await simulate(brief, 7);
  assert.deepEqual(await simulate(brief, 7), run);
  assert.notDeepEqual(await simulate(brief, 8), run);
});

test('a run that is not what it has to be is reported with the command that replays it', async () => {
  const scenario = named('blip-20-callers');
  const figures = [{ name: 'attempts', of: () => 60, atMost: 59 }];
  const judged = await judge({ ...scenario, figures }, 42);
  assert.equal(passed(judged), false);
  assert.equal(
    report(judged),
    'blip-20-callers, seed 42: attempts 60 (!), timers left 0\n' +
      '  again: node packages/resilience/tools/simulate.ts blip-20-callers --seed 42',
  );
});

test('the tool runs the scenarios asked for, and names what it does not know', async () => {
  const tool = fileURLToPath(new URL('../../tools/simulate.ts', import.meta.url));
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [tool, ...args]);
  const { stdout } = await run('blip-20-callers', '--seed', '3', '--seeds', '2');
  assert.match(stdout, /^# an outage of 2 s under 20 callers at once\n/);
  assert.match(stdout, /blip-20-callers, seed 3: share answered 1, .*\nblip-20-callers, seed 4: share answered 1, /);
  await assert.rejects(run('nonsense'), /nonsense is not a scenario; known are total-outage-budget-alone, /);
  await assert.rejects(run('--seed', '0'), /--seed must be an integer from 1, got 0/);
});
