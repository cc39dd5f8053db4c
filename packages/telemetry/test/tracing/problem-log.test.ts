import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@penstock/clock';
import { createProblemLog } from '../../src/tracing/problem-log.ts';
import { recordingLog } from '../support/recording-log.ts';

test('each kind of problem is logged once a minute, with what was kept back', async () => {
  const clock = new FakeClock();
  const { log, lines } = recordingLog();
  const counted: Record<string, number> = {};
  const report = createProblemLog(clock, log, (problem, spans) => {
    counted[problem] = (counted[problem] ?? 0) + spans;
  });
  report('export_failed', 10, 'refused');
  report('export_failed', 20, 'refused');
  report('span_too_large', 1, 'huge');
  await clock.advance(59_999);
  report('export_failed', 3, 'refused');
  await clock.advance(1);
  report('export_failed', 4, 'refused');
  assert.deepEqual(lines(), [
    'warn Tracing: export_failed, 10 spans: refused',
    'warn Tracing: span_too_large, 1 span: huge',
    'warn Tracing: export_failed, 4 spans: refused (and 23 more since the last such line)',
  ]);
  assert.deepEqual(counted, { export_failed: 37, span_too_large: 1 });
});
