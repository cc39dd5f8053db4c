// A reporter for node:test that writes only how many tests passed, failed and were skipped.

export default async function* counts(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:summary' || data.file !== undefined) continue;
    const { passed, failed, cancelled, skipped } = data.counts;
    yield JSON.stringify({ passed, failed: failed + cancelled, skipped });
  }
}
