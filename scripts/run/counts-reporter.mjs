// A reporter for node:test that writes only how many tests passed, failed and were skipped.

import { relative } from 'node:path';

export default async function* counts(events) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const isSuite = data.details?.type === 'suite';
    if (isSuite && data.skip === undefined) continue;
    // The runner reports a file in which no test was chosen as a test that passed.
    if (type === 'test:pass' && data.file !== undefined && data.name === relative(process.cwd(), data.file)) continue;
    if (data.skip !== undefined) total.skipped += 1;
    else if (type === 'test:pass') total.passed += 1;
    else total.failed += 1;
  }
  yield JSON.stringify(total);
}
