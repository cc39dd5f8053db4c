// Benchmarks: ratios against a peer in the same interleaved run. Never part of the tests: what they measure is the machine's too.

import { withNodeFirst, withoutNpm } from './environment.mjs';
import { Failure } from './failure.mjs';
import { inRoot, root } from './paths.mjs';
import { runOpenly } from './tool.mjs';

const benchmarks = {
  resilience: 'bench/resilience/happy-path.ts',
  telemetry: 'bench/telemetry/overhead.ts',
  'shared-state': 'bench/shared-state/cost.ts',
  'telemetry-pieces': 'bench/telemetry/pieces.ts',
};

/** @returns {Promise<number>} 0 if the targets of the benchmark were reached */
export async function bench(node, [name, ...args]) {
  const file = benchmarks[name];
  if (file === undefined) {
    const named = name === undefined ? 'No benchmark named' : `Unknown benchmark ${JSON.stringify(name)}`;
    throw new Failure(`${named}: one of ${Object.keys(benchmarks).join(', ')}`);
  }
  return runOpenly(node, [inRoot(file), ...args], { env: withNodeFirst(withoutNpm(process.env), node), cwd: root });
}
