// The one-way dependencies of docs/architecture.md, as rules. Run by `npm run check`.
//
//   contracts, clock, collections  <-  causal, figures, resilience  <-  telemetry, store, service-kit  <-  services
//
// TypeScript is read by the compiler that pnpm-workspace.yaml gives to dependency-cruiser; `import type` counts.

const ours = '^(packages|services)/';
const foundations = 'contracts|clock|collections';
const pure = 'causal|figures|resilience';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that import each other cannot be read, tested or moved one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'foundations-stand-alone',
      comment: 'contracts, clock and collections import nothing of ours.',
      severity: 'error',
      from: { path: `^packages/(${foundations})/src/` },
      to: { path: ours, pathNot: '^packages/$1/src/' },
    },
    {
      name: 'pure-packages-stand-on-foundations',
      comment: 'causal, figures and resilience import only contracts, clock and collections.',
      severity: 'error',
      from: { path: `^packages/(${pure})/src/` },
      to: { path: ours, pathNot: [`^packages/(${foundations})/src/`, '^packages/$1/src/'] },
    },
    {
      name: 'pure-packages-touch-no-machine',
      comment:
        'No sockets, files, processes or threads in causal, figures and resilience (events and assertions are plain objects).',
      severity: 'error',
      from: { path: `^packages/(${pure})/src/` },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(events|assert|util)$' },
    },
    {
      name: 'only-the-engine-computes',
      comment:
        'causal and figures are imported by the engine alone (and by the benches and generators that measure and describe them).',
      severity: 'error',
      from: { path: '^(packages|services|test)/', pathNot: '^(packages/(causal|figures)|services/engine)/' },
      to: { path: '^packages/(causal|figures)/' },
    },
    {
      name: 'packages-know-no-service',
      comment: 'Services stand on packages, never the other way round.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^services/' },
    },
    {
      name: 'services-know-no-service',
      comment: 'The gateway reaches the engine over HTTP.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'store-and-telemetry-below-the-kit',
      comment: 'telemetry and store know neither each other nor the service kit.',
      severity: 'error',
      from: { path: '^packages/(telemetry|store)/src/' },
      to: { path: '^packages/(service-kit|store|telemetry)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'packages-through-their-index',
      comment: 'Another package is imported as @penstock/<name>; what its index does not export is its own affair.',
      severity: 'error',
      from: { path: '^(packages|services)/([^/]+)/' },
      to: { path: '^packages/[^/]+/', pathNot: ['^packages/[^/]+/src/index\\.ts$', '^packages/$2/'] },
    },
    {
      name: 'whole-system-tests-speak-http',
      comment: 'test/ drives real processes from outside.',
      severity: 'error',
      from: { path: '^test/' },
      to: { path: ours, pathNot: '^packages/(contracts|clock)/src/' },
    },
    {
      name: 'sources-import-no-tests',
      severity: 'error',
      from: { path: '^(packages|services)/[^/]+/src/' },
      to: { path: '(/test/|^test/|\\.test\\.ts$)' },
    },
    {
      name: 'sources-import-no-tools',
      comment: 'What runs in production is a dependency of the package that imports it.',
      severity: 'error',
      from: { path: '^(packages|services)/[^/]+/src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The peers of a benchmark are not installed with the rest.
    exclude: { path: ['/fixtures/', '^bench/telemetry/peers/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json', '.d.ts'],
      mainFields: ['main', 'types'],
    },
  },
};
