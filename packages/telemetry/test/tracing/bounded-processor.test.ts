import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceFlags } from '@opentelemetry/api';
import { FakeClock } from '@penstock/clock';
import {
  BATCH_MS,
  BATCH_SPANS,
  type BatchExporter,
  BoundedProcessor,
  MAX_QUEUED_BYTES,
  MAX_QUEUED_SPANS,
} from '../../src/tracing/bounded-processor.ts';
import { OtlpText } from '../../src/tracing/otlp-text.ts';
import type { PlainSpan } from '../../src/tracing/plain-span.ts';
import type { ReportProblem } from '../../src/tracing/problem-log.ts';
import { SpanList } from '../../src/tracing/span-batch.ts';
import { tracerWith } from '../support/recording-tracing.ts';

function world(batches: 'lists' | 'texts' = 'lists') {
  const clock = new FakeClock();
  const reports: string[] = [];
  const sizes: number[] = [];
  const waiting: ((sent: boolean) => void)[] = [];
  const report: ReportProblem = (problem, spans, message) => void reports.push(`${problem} ${spans}: ${message}`);
  const exporter: BatchExporter<unknown> = {
    export: (_content, spans, done) => {
      sizes.push(spans);
      waiting.push(done);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const newBatch = () => (batches === 'lists' ? new SpanList() : new OtlpText());
  const processor = new BoundedProcessor<unknown>(exporter, newBatch, clock, report);
  const tracer = tracerWith({ onStart: () => undefined, onEnd: (span: PlainSpan) => processor.onEnd(span) }, { clock });
  const end = (spans: number, text = ''): void => {
    for (let index = 0; index < spans; index++) tracer.startSpan('one').setAttribute('text', text).end();
  };
  const answer = (): void => {
    for (const done of waiting.splice(0)) done(true);
  };
  return { clock, processor, tracer, end, answer, reports, sizes };
}

test('spans are exported when there are enough for a batch, and when the first of them has waited', async () => {
  const { clock, end, sizes } = world();
  end(BATCH_SPANS + 3);
  assert.deepEqual(sizes, [BATCH_SPANS]);
  await clock.advance(BATCH_MS - 1);
  end(2);
  assert.deepEqual(sizes, [BATCH_SPANS]);
  await clock.advance(1);
  assert.deepEqual(sizes, [BATCH_SPANS, 5]);
  assert.equal(clock.pendingTimers, 0);
});

test('a span that is not sampled is not exported', async () => {
  const { clock, processor, tracer, sizes } = world();
  const span = tracer.startSpan('one');
  span.spanContext().traceFlags = TraceFlags.NONE;
  span.end();
  await processor.forceFlush();
  assert.deepEqual([sizes, clock.pendingTimers], [[], 0]);
});

test('spans beyond the bound are dropped and each drop is reported', () => {
  const { processor, end, answer, reports } = world();
  end(MAX_QUEUED_SPANS + 7);
  assert.equal(processor.queued, MAX_QUEUED_SPANS);
  assert.equal(reports.length, 7);
  assert.match(reports[0]!, /^spans_dropped 1: 8192 spans of \d+ bytes wait to be sent already$/);
  answer();
  assert.equal(processor.queued, 0);
});

for (const batches of ['lists', 'texts'] as const) {
  test(`few spans with much in them are dropped as well, where they are kept as ${batches}`, () => {
    const { processor, end, answer, reports } = world(batches);
    const size = 256 * 1024;
    const most = Math.ceil(MAX_QUEUED_BYTES / size);
    end(most + 9, 'x'.repeat(size));
    assert.ok(processor.queued <= most && processor.queued > 0.9 * most, `${processor.queued} spans of ${size} bytes`);
    assert.equal(reports.length, most + 9 - processor.queued);
    void processor.forceFlush();
    answer();
    end(1);
    assert.equal(processor.queued, 1);
  });
}

test('what was sent makes room again, and nothing is taken after the end', async () => {
  const { processor, end, answer, reports, sizes } = world();
  end(BATCH_SPANS + 88);
  await processor.forceFlush();
  assert.deepEqual(sizes, [BATCH_SPANS, 88]);
  answer();
  assert.equal(processor.queued, 0);
  end(1);
  await processor.shutdown();
  assert.deepEqual(sizes, [BATCH_SPANS, 88, 1]);
  assert.deepEqual(reports, []);
  end(1);
  assert.deepEqual(reports, ['spans_dropped 1: "one" ended after tracing was shut down']);
});
