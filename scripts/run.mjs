#!/usr/bin/env node
// Brings what a fresh clone lacks (Node, packages), then runs the asked script. Plain Node >= 18, no dependencies.
//
//   node scripts/run.mjs start | start:engine | start:gateway | test | test:slow | test:node-lts | test:chaos | test:compose | test:logs | prove | bench | mutation | check
//   (what follows is passed on to the tests, to the benchmark that it names, or to Stryker)

import { bench } from './run/bench.mjs';
import { check } from './run/check.mjs';
import { Failure } from './run/failure.mjs';
import { installWhatIsMissing } from './run/install.mjs';
import { mutation } from './run/mutation.mjs';
import { say } from './run/say.mjs';
import { start } from './run/start.mjs';
import { prove, test, testChaos, testCompose, testLogs, testOnOlderNode, testSlow } from './run/test.mjs';

const scripts = {
  start: (node) => start(node, ['engine', 'gateway']),
  'start:engine': (node) => start(node, ['engine']),
  'start:gateway': (node) => start(node, ['gateway']),
  test,
  'test:slow': testSlow,
  'test:node-lts': testOnOlderNode,
  'test:chaos': testChaos,
  'test:compose': testCompose,
  'test:logs': testLogs,
  prove,
  bench,
  mutation,
  check,
};

// A reader that leaves, as in `npm run check | head`, ends the run without a word; `start` has its own way.
process.stdout.on('error', () => process.exit(141));

const [name, ...args] = process.argv.slice(2);

try {
  const script = scripts[name];
  if (script === undefined)
    throw new Failure(`Unknown script ${JSON.stringify(name)}: one of ${Object.keys(scripts).join(', ')}`);
  process.exitCode = await script(await installWhatIsMissing(), args);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  say.error(error.message);
  if (error.tail !== '') say.error(`--- the last lines of what failed:\n${error.tail}`);
  process.exitCode = error.exitCode;
}
