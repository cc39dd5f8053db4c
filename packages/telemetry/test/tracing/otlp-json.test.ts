import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attributes, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { TraceState } from '@opentelemetry/core';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { FakeClock } from '@penstock/clock';
import { endSpan, startClientSpan, startServerSpan } from '../../src/index.ts';
import { OtlpText } from '../../src/tracing/otlp-text.ts';
import type { PlainSpan } from '../../src/tracing/plain-span.ts';
import { SharedAttributes } from '../../src/tracing/shared-attributes.ts';
import { recordingTracing } from '../support/recording-tracing.ts';

function otlpText(spans: readonly PlainSpan[]): string {
  const text = new OtlpText();
  for (const span of spans) text.add(span);
  return Buffer.from(text.content()).toString('utf8');
}

/** As the SDK writes them, without what JSON of Protocol Buffers leaves out; values of attributes stay as they are. */
function sdkJson(spans: readonly PlainSpan[]): string {
  const whole: unknown = JSON.parse(Buffer.from(JsonTraceSerializer.serializeRequest([...spans])!).toString('utf8'));
  return JSON.stringify(whole, (name, value: unknown) => (isLeftOut(name, value) ? undefined : value));
}

function isLeftOut(name: string, value: unknown): boolean {
  if (/^dropped\w+Count$/.test(name)) return value === 0;
  if (name === 'events' || name === 'links') return (value as unknown[]).length === 0;
  return name === 'status' && (value as { code: number }).code === SpanStatusCode.UNSET;
}

test('spans are written as the SDK writes them, but for what is nought, empty or unset', () => {
  const clock = new FakeClock();
  const { tracing, spans } = recordingTracing(clock);
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const headers = { traceparent, tracestate: 'a=1,b=2', 'user-agent': 'curl "8"\n\u2028€' };
  const parent = startServerSpan(tracing, { method: 'POST', route: '/r', headers });
  const origin = new URL('http://127.0.0.1:8080');
  const child = startClientSpan(tracing, { parent, method: 'POST', origin, path: '/r', attempt: 2 });
  child.addEvent('empty').addEvent('told', { text: 'x', half: 0.5, whole: 3, negative: -0, yes: true }, [1_700_000_000, 7]);
  child.addLink({ context: { ...parent.spanContext(), isRemote: true }, attributes: { why: 'shared' } });
  child.addLink({ context: { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: TraceFlags.NONE } });
  endSpan(child, { error: new Error('a "quoted" reason') });
  endSpan(parent, { status: 200 });
  endSpan(startServerSpan(tracing, { method: 'GET', route: undefined, headers: {} }));
  assert.equal(spans().length, 3);
  assert.equal(otlpText(spans()), sdkJson(spans()));
});

test('values of every kind are written as the SDK writes them', () => {
  const attributes: Attributes = {
    none: undefined,
    list: ['a', 'b'],
    numbers: [1, 0.25],
    huge: 2 ** 60,
    endless: Infinity,
    nan: NaN,
  };
  const { tracing, spans } = recordingTracing();
  tracing.tracer.startSpan('all', { kind: SpanKind.INTERNAL, attributes }).setStatus({ code: SpanStatusCode.OK }).end();
  assert.equal(otlpText(spans()), sdkJson(spans()));
});

test('a trace state is written with the span and with its links', () => {
  const { tracing, spans } = recordingTracing();
  const traceState = new TraceState('vendor=value');
  const context = { traceId: '3'.repeat(32), spanId: '4'.repeat(16), traceFlags: TraceFlags.SAMPLED, traceState };
  tracing.tracer.startSpan('linked', { links: [{ context }] }).end();
  assert.match(otlpText(spans()), /"traceState":"vendor=value"/);
  assert.equal(otlpText(spans()), sdkJson(spans()));
});

const NOTHING = new SharedAttributes({ unknown: undefined });

test('attributes that spans and events have alike are written with each of them', () => {
  const { tracing, spans } = recordingTracing();
  const alike = new SharedAttributes({ 'a.text': 'said "so"', 'a.number': 1, unknown: undefined });
  for (let index = 0; index < 3; index++) {
    const span = tracing.tracer.startSpan('alike') as PlainSpan;
    span.addShared(NOTHING).addShared(alike).addShared(NOTHING).addSharedEvent('again', alike);
    if (index > 0) span.setAttribute('own', index);
    span.end();
  }
  assert.deepEqual(spans()[2]!.attributes, { 'a.text': 'said "so"', 'a.number': 1, own: 2 });
  assert.equal(spans()[2]!.attribute('a.number'), 1);
  assert.equal(otlpText(spans()), sdkJson(spans()));
});

test('a batch grows with its spans, whatever their letters take', () => {
  const { tracing, spans } = recordingTracing();
  for (let index = 0; index < 300; index++) {
    const text = `${index} ${'€'.repeat(50 * index)}`;
    tracing.tracer.startSpan('grown', { attributes: { text } }).addEvent('again', { text }).end();
  }
  assert.equal(otlpText(spans()), sdkJson(spans()));
});

test('the memory of a batch that was sent is used again, and of one that was not sent it is not', () => {
  const { tracing, spans } = recordingTracing();
  tracing.tracer.startSpan('one').end();
  const spare: Buffer[] = [];
  const written = (sent: boolean): ArrayBufferLike => {
    const text = new OtlpText(spare);
    text.add(spans()[0]!);
    const content = text.content();
    assert.equal(Buffer.from(content).toString('utf8'), sdkJson(spans()));
    if (sent) text.release();
    return content.buffer;
  };
  const first = written(true);
  assert.equal(written(false), first);
  assert.notEqual(written(true), first);
});
