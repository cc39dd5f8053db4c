// Stands in for node:test while a runner loads test files: it keeps the tests instead of running them, so that the same
// process can run any of them again for every mutant. It has what the mutated packages' tests use; another name is an
// error at import, another form of call one when it is made.

import { mock } from 'node:test';

/** @typedef {{ id: string, file: string, run: (context: object) => unknown }} Test */

/** @type {Test[]} */
export const tests = [];

let file = '';
let suites = [];

/** Tests that are declared from here on belong to this file. */
export function declaredIn(name) {
  file = name;
}

export function test(title, run) {
  if (typeof run !== 'function')
    throw new TypeError(`test(${JSON.stringify(title)}) must be given a function, got ${typeof run}`);
  const id = [file, ...suites, title].join(' > ');
  if (tests.some((other) => other.id === id)) throw new Error(`two tests are called ${JSON.stringify(id)}`);
  tests.push({ id, file, run });
}

export function suite(title, declare) {
  suites = [...suites, title];
  declare();
  suites = suites.slice(0, -1);
}

export { mock };
