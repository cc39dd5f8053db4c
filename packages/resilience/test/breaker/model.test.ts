import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BreakerMachine } from '@penstock/resilience';
import { explore } from '../../tools/breaker-check/explore.ts';
import { WORLDS } from '../../tools/breaker-check/worlds.ts';

// Shallow enough to be run for every mutant of the breaker; test/tools/ and the tool itself go deeper.
const SHALLOWER = 4;

for (const world of WORLDS) {
  test(`in few steps the breaker goes where its model goes: ${world.name}`, () => {
    const explored = explore({ ...world, depth: world.depth - SHALLOWER }, BreakerMachine);
    assert.deepEqual([explored.violation, explored.complete], [undefined, true]);
    assert.ok(explored.interleavings > 100, `${explored.interleavings} interleavings`);
  });
}
