import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BreakerMachine } from '@penstock/resilience';
import { explore, firstViolation } from '../../tools/breaker-check/explore.ts';
import { SEEDED_BUGS, seed } from '../../tools/breaker-check/seeded-bugs.ts';
import { WORLDS } from '../../tools/breaker-check/worlds.ts';

// The tool goes three steps deeper: a million interleavings and more, in about two minutes.
const SHALLOWER = 3;

test('no interleaving takes the breaker where the model is not', () => {
  let interleavings = 0;
  for (const world of WORLDS) {
    const explored = explore({ ...world, depth: world.depth - SHALLOWER }, BreakerMachine);
    assert.equal(explored.violation, undefined);
    assert.equal(explored.complete, true);
    interleavings += explored.interleavings;
  }
  assert.ok(interleavings > 20_000, `${interleavings} interleavings`);
});

for (const bug of SEEDED_BUGS) {
  test(`the checker finds a breaker with a bug in it: ${bug.name}`, async () => {
    const violation = firstViolation(WORLDS, await seed(bug), 7);
    assert.ok(violation !== undefined);
    assert.ok(violation.path.length > 0 && violation.message !== '');
  });
}

test('a bug that cannot be seeded is an error, not a pass', async () => {
  const bug = { name: 'nowhere', file: 'machine.ts', from: 'text that is not there', to: '' } as const;
  await assert.rejects(seed(bug), /nowhere: machine.ts does not contain/);
});
