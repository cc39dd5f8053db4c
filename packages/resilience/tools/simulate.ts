// Simulates the pipeline against a scripted engine, on a fake clock with seeded chance: minutes of traffic in seconds, and
// the same run again for the same seed.
//
//   node packages/resilience/tools/simulate.ts [scenario …] [--seed N] [--seeds COUNT] [--trace]
//
// Without scenarios every one is run; --seeds runs each with so many seeds from --seed (default 1) on; --trace lists the
// breaker's transitions. Prints the figures of each run; where one is not what it has to be, marks it with (!), prints the
// command that replays it and exits 1. See README.md beside this file.
import { parseArgs } from 'node:util';
import { judge, passed, report } from './simulation/judge.ts';
import { SCENARIOS, type Scenario } from './simulation/scenarios.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});

const count = (option: string, text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`--${option} must be an integer from 1, got ${text}`);
  return value;
};

function named(name: string): Scenario {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) {
    throw new RangeError(`${name} is not a scenario; known are ${SCENARIOS.map((each) => each.name).join(', ')}`);
  }
  return scenario;
}

const first = count('seed', values.seed);
const seeds = count('seeds', values.seeds);
for (const scenario of positionals.length === 0 ? SCENARIOS : positionals.map(named)) {
  console.log(`# ${scenario.about}`);
  for (let seed = first; seed < first + seeds; seed++) {
    const judged = await judge(scenario, seed);
    console.log(report(judged));
    if (!passed(judged)) process.exitCode = 1;
    if (!values.trace) continue;
    for (const { at, from, to, because } of judged.run.transitions) console.log(`  ${at / 1000} s: ${from} > ${to}, ${because}`);
  }
}
