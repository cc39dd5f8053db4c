// Model-checks the breaker: every interleaving of what can happen to it, up to a depth, against a small reference model.
// Then seeds bugs into the breaker and expects each to be found.
//
//   node packages/resilience/tools/check-breaker.ts [--most N]
//
// --most: interleavings per world at most. Without it each world is explored whole: more than a million, about two minutes.
// Prints one line per world and per bug; exits 1 and prints the steps that lead to it when a violation is found, or when a
// seeded bug is not. See README.md beside this file.
import { parseArgs } from 'node:util';
import { BreakerMachine } from '@penstock/resilience';
import { explore, firstViolation, type Violation } from './breaker-check/explore.ts';
import type { Machine } from './breaker-check/pair.ts';
import { SEEDED_BUGS, seed } from './breaker-check/seeded-bugs.ts';
import { WORLDS } from './breaker-check/worlds.ts';

const { values } = parseArgs({ options: { most: { type: 'string' } } });
const most = values.most === undefined ? Number.POSITIVE_INFINITY : Number(values.most);
if (!(most >= 1)) throw new RangeError(`--most must be a number from 1, got ${values.most}`);

const shown = ({ path, message }: Violation): string => `${message}\n    ${path.join('\n    ')}`;

function check(machine: Machine): number {
  let interleavings = 0;
  for (const world of WORLDS) {
    const startedAt = performance.now();
    const explored = explore(world, machine, most);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    interleavings += explored.interleavings;
    const how = explored.complete ? 'all of them' : 'stopped';
    console.log(`${world.name}: ${explored.interleavings} interleavings of ${world.depth} steps (${how}), ${seconds} s`);
    if (explored.violation === undefined) continue;
    console.error(`violation: ${shown(explored.violation)}`);
    process.exitCode = 1;
  }
  return interleavings;
}

// Every seeded bug shows within seven steps; one more is tried before it counts as not found.
const DEEPEST = 8;

console.log(`${check(BreakerMachine)} interleavings, ${process.exitCode === 1 ? 'violations found' : '0 violations'}`);
for (const bug of SEEDED_BUGS) {
  const found = firstViolation(WORLDS, await seed(bug), DEEPEST);
  if (found !== undefined) {
    console.log(`seeded "${bug.name}": found after ${found.path.length} steps, ${found.message}`);
  } else {
    console.error(`seeded "${bug.name}": NOT found`);
    process.exitCode = 1;
  }
}
