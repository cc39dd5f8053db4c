import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExportResultCode } from '@opentelemetry/core';
import { consoleExporter } from '../../src/tracing/console-exporter.ts';
import { recordingTracing } from '../support/recording-tracing.ts';

test('the console shows one JSON line for each span', () => {
  const { tracing, spans } = recordingTracing();
  const span = tracing.tracer.startSpan('one');
  span.setAttribute('http.route', '/x').addEvent('seen', { 'penstock.attempt': 2 }).end();
  const lines: string[] = [];
  consoleExporter((line) => void lines.push(line)).export([...spans()], ({ code }) =>
    assert.equal(code, ExportResultCode.SUCCESS),
  );
  assert.equal(lines.length, 1);
  const shown = JSON.parse(lines[0]!);
  assert.equal(shown.span, 'one');
  assert.equal(shown.trace_id, span.spanContext().traceId);
  assert.deepEqual(shown.attributes, { 'http.route': '/x' });
  assert.deepEqual(shown.events, [{ name: 'seen', 'penstock.attempt': 2 }]);
});
