import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExportResultCode } from '@opentelemetry/core';
import { FakeClock } from '@penstock/clock';
import { EXPORT_LIMIT_MS, OrderedExporter, type RawExporter } from '../../src/tracing/ordered-exporter.ts';
import type { ReportProblem } from '../../src/tracing/problem-log.ts';

function world(exportSpans: RawExporter<string>['export']) {
  const clock = new FakeClock();
  const reports: string[] = [];
  const report: ReportProblem = (problem, spans, message) => void reports.push(`${problem} ${spans} ${message}`);
  let abandoned = 0;
  const raw: RawExporter<string> = { export: exportSpans, abandon: () => void abandoned++ };
  return { clock, reports, exporter: new OrderedExporter(raw, 'collector', clock, report), abandoned: () => abandoned };
}
const exported = (exporter: OrderedExporter<string>, spans: number): Promise<boolean> =>
  new Promise((resolve) => exporter.export('spans', spans, resolve));

test('a batch without an answer is given up after its limit, its sockets closed, and the next one goes out', async () => {
  let batches = 0;
  const { clock, reports, exporter, abandoned } = world((_spans, done) => {
    if (++batches === 2) done({ code: ExportResultCode.SUCCESS });
  });
  const first = exported(exporter, 2);
  const second = exported(exporter, 1);
  await clock.advance(EXPORT_LIMIT_MS - 1);
  assert.equal(batches, 1, 'one batch at a time');
  await clock.advance(1);
  await Promise.all([first, second]);
  assert.equal(batches, 2);
  assert.equal(abandoned(), 1);
  assert.deepEqual(reports, [`export_failed 2 collector: no answer within ${EXPORT_LIMIT_MS} ms`]);
  assert.equal(clock.pendingTimers, 0);
});

test('an exporter that throws is a reported loss', async () => {
  const { reports, exporter, clock } = world(() => {
    throw new Error('broken');
  });
  await exported(exporter, 1);
  assert.deepEqual(reports, ['export_failed 1 collector: broken']);
  assert.equal(clock.pendingTimers, 0);
});

test('an error without a message is reported by its code', async () => {
  const error = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
  const { reports, exporter } = world((_spans, done) => done({ code: ExportResultCode.FAILED, error }));
  await exported(exporter, 1);
  assert.deepEqual(reports, ['export_failed 1 collector: ECONNREFUSED']);
});

test('shutting down waits for the batch in flight before it closes the sockets', async () => {
  let finish: (() => void) | undefined;
  const { exporter, abandoned, reports } = world((_spans, done) => {
    finish = () => done({ code: ExportResultCode.SUCCESS });
  });
  const batch = exported(exporter, 1);
  const closed = exporter.shutdown();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(abandoned(), 0);
  finish?.();
  await Promise.all([batch, closed]);
  assert.equal(abandoned(), 1);
  await exported(exporter, 1);
  assert.match(reports[0]!, /shut down before they were sent/);
});
