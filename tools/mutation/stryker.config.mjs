// Mutation testing of packages/resilience, from the root: npm run mutation. See packages/resilience/tools/README.md.

import { fileURLToPath } from 'node:url';

// The conformance tests make 10,000 calls each; a mutant shows in far fewer.
process.env.RESILIENCE_CALLS ??= '600';

export default {
  mutate: ['packages/resilience/src/**/*.ts'],
  plugins: [fileURLToPath(new URL('runner/plugin.mjs', import.meta.url))],
  testRunner: 'node-test-in-process',
  nodeTests: {
    include: ['packages/resilience/test/**/*.test.ts'],
    // Whole simulations, 100,000 calls, and examples that run while they are imported.
    exclude: ['**/test/tools/**', '**/test/leaks.test.ts', '**/test/docs-examples.test.ts'],
  },
  coverageAnalysis: 'perTest',
  // Timeouts count as noticed: one must be an endless loop, not a busy machine.
  timeoutMS: 60_000,
  concurrency: 2,
  incremental: true,
  incrementalFile: '.cache/mutation/incremental.json',
  tempDirName: '.cache/mutation/sandboxes',
  ignorePatterns: ['**', '!packages/resilience/{package.json,src/**,test/**,tools/**}', '!docs/policies/**'],
  reporters: ['clear-text', 'progress-append-only', 'json', 'html'],
  clearTextReporter: { allowColor: false, reportTests: false },
  jsonReporter: { fileName: '.cache/mutation/report.json' },
  htmlReporter: { fileName: '.cache/mutation/report.html' },
  thresholds: { high: 95, low: 90, break: 90 },
  warnings: { unknownOptions: false },
};
