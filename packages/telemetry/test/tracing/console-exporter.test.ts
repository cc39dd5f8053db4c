import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { consoleExporter } from '../../src/tracing/console-exporter.ts';

test('the console shows one JSON line for each span', async () => {
  const lines: string[] = [];
  const raw = consoleExporter((line) => void lines.push(line));
  const processor = new SimpleSpanProcessor({
    export: (spans, done) => raw.export(spans, done),
    shutdown: () => Promise.resolve(),
  });
  const span = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('test').startSpan('one');
  span.setAttribute('http.route', '/x').addEvent('seen', { 'penstock.attempt': 2 }).end();
  await processor.forceFlush();
  assert.equal(lines.length, 1);
  const shown = JSON.parse(lines[0]!);
  assert.equal(shown.span, 'one');
  assert.equal(shown.trace_id, span.spanContext().traceId);
  assert.deepEqual(shown.attributes, { 'http.route': '/x' });
  assert.deepEqual(shown.events, [{ name: 'seen', 'penstock.attempt': 2 }]);
});
