// A Stryker test runner for files that use node:test. It loads them once per process and runs only the tests that reach a
// mutant, a few milliseconds each; the tap runner starts a process for every file and mutant, a hundred times that.

import { DryRunStatus, determineHitLimitReached, TestStatus, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { load } from './load.mjs';
import { runTest } from './run-test.mjs';

/** What instrumented code reads and writes; see INSTRUMENTER_CONSTANTS. */
globalThis.__stryker__ ??= {};
const instruments = globalThis.__stryker__;

export class Runner {
  #files;

  constructor(options) {
    this.#files = options.nodeTests;
  }

  /** Modules stay loaded: for a mutant that acts while they are, Stryker starts another process. */
  capabilities() {
    return { reloadEnvironment: false };
  }

  async dryRun({ disableBail }) {
    const results = await this.#run(await load(this.#files), disableBail);
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage: instruments.mutantCoverage };
  }

  async mutantRun({ activeMutant, mutantActivation, testFilter, hitLimit, disableBail }) {
    if (mutantActivation === 'static') instruments.activeMutant = activeMutant.id;
    const all = await load(this.#files);
    const reaching = testFilter === undefined ? all : all.filter(({ id }) => testFilter.includes(id));
    const tests = ofTheSameFolderFirst(reaching, activeMutant.fileName);
    instruments.activeMutant = activeMutant.id;
    instruments.hitCount = hitLimit === undefined ? undefined : 0;
    instruments.hitLimit = hitLimit;
    const results = await this.#run(tests, disableBail);
    instruments.activeMutant = undefined;
    const endless = determineHitLimitReached(instruments.hitCount, hitLimit);
    const result = endless ?? { status: DryRunStatus.Complete, tests: results };
    if (mutantActivation === 'runtime') await this.#assertUnharmed(tests, results);
    return toMutantRunResult(result);
  }

  async #run(tests, disableBail) {
    const results = [];
    for (const test of tests) {
      instruments.currentTestId = test.id;
      const began = performance.now();
      const outcome = await runTest(test);
      instruments.currentTestId = undefined;
      results.push(toResult(test, outcome, performance.now() - began));
      if (outcome.kind !== 'passed' && !disableBail) break;
    }
    return results;
  }

  // Tests share the modules of one process. A kill counts only if the same test passes with the mutant switched off; what
  // an earlier mutant left behind would fail it again, and Stryker then repeats the mutant in a fresh process.
  async #assertUnharmed(tests, results) {
    const killers = results.filter(({ status }) => status === TestStatus.Failed).map(({ id }) => id);
    for (const test of tests.filter(({ id }) => killers.includes(id))) {
      const outcome = await runTest(test);
      if (outcome.kind !== 'passed') throw new Error(`${test.id} fails without a mutant too`);
    }
  }
}

/** Tests mirror src/: those beside the mutant are the likeliest to notice it. */
function ofTheSameFolderFirst(tests, mutated) {
  const folder = `/test/${mutated.split('/src/')[1]?.split('/')[0]}/`;
  const beside = ({ file }) => Number(file.includes(folder));
  return tests.toSorted((a, b) => beside(b) - beside(a));
}

function toResult({ id, file }, outcome, timeSpentMs) {
  const result = { id, name: id, fileName: file, timeSpentMs };
  if (outcome.kind === 'passed') return { ...result, status: TestStatus.Success };
  return { ...result, status: TestStatus.Failed, failureMessage: outcome.kind === 'hung' ? 'never ends' : outcome.message };
}
