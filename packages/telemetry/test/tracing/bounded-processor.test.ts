import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExportResultCode } from '@opentelemetry/core';
import { BasicTracerProvider, InMemorySpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { BoundedProcessor, MAX_QUEUED_SPANS } from '../../src/tracing/bounded-processor.ts';
import type { ReportProblem } from '../../src/tracing/problem-log.ts';

function world(exporter: SpanExporter) {
  const reports: string[] = [];
  const report: ReportProblem = (problem, spans) => void reports.push(`${problem} ${spans}`);
  const processor = new BoundedProcessor(exporter, report);
  const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('test');
  return { processor, tracer, reports };
}

test('spans beyond the bound are dropped and each drop is reported', async () => {
  const waiting: (() => void)[] = [];
  let answers = false;
  const { processor, tracer, reports } = world({
    export: (_spans, done) => {
      const answer = (): void => done({ code: ExportResultCode.SUCCESS });
      if (answers) answer();
      else waiting.push(answer);
    },
    shutdown: () => Promise.resolve(),
  });
  for (let index = 0; index < MAX_QUEUED_SPANS + 7; index++) tracer.startSpan('one').end();
  assert.equal(processor.queued, MAX_QUEUED_SPANS);
  assert.equal(reports.length, 7);
  assert.equal(reports[0], 'spans_dropped 1');
  answers = true;
  for (const answer of waiting) answer();
  await processor.shutdown();
  assert.equal(processor.queued, 0);
});

test('what was sent makes room again', async () => {
  const memory = new InMemorySpanExporter();
  const { processor, tracer, reports } = world(memory);
  for (let index = 0; index < 600; index++) tracer.startSpan('one').end();
  await processor.forceFlush();
  assert.equal(processor.queued, 0);
  assert.deepEqual(reports, []);
  await processor.shutdown();
  tracer.startSpan('late').end();
  assert.deepEqual(reports, ['spans_dropped 1']);
});
