import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import { systemClock } from '@penstock/clock';
import {
  addSpanEvent,
  clientAttributes,
  endSpan,
  errorType,
  recordSpan,
  startClientSpan,
  startServerSpan,
  startSpan,
  traceIdOf,
} from '../../src/index.ts';
import { recordingTracing, tracerWith } from '../support/recording-tracing.ts';

test('a server span is named by method and route and carries the conventions of HTTP', () => {
  const { tracing, spans } = recordingTracing();
  const options = { method: 'POST', route: '/api/items/:id', path: '/api/items/7', headers: {} };
  const span = startServerSpan(tracing, options, () =>
    clientAttributes({ clientAddress: '127.0.0.1', serverPort: 8082, userAgent: 'curl' }),
  );
  endSpan(span, { status: 404 });
  const [ended] = spans();
  assert.equal(ended!.name, 'POST /api/items/:id');
  assert.equal(ended!.kind, SpanKind.SERVER);
  assert.deepEqual(
    { ...ended!.attributes },
    {
      'http.request.method': 'POST',
      'http.route': '/api/items/:id',
      'url.scheme': 'http',
      'client.address': '127.0.0.1',
      'server.port': 8082,
      'user_agent.original': 'curl',
      'http.response.status_code': 404,
      'url.path': '/api/items/7',
    },
  );
  assert.equal(ended!.status.code, SpanStatusCode.UNSET, 'a 4xx is the mistake of the caller');
});

test('spans of equal requests have the same attributes, and each its own times', () => {
  let at = 0;
  const { tracing, spans } = recordingTracing({ ...systemClock, now: () => at, monotonic: () => at });
  for (const path of ['/items', '/items', '/items/']) {
    at += 1000;
    endSpan(startServerSpan(tracing, { method: 'GET', route: '/items', path, headers: {} }), { status: 200 });
  }
  const [first, second, third] = spans();
  assert.deepEqual(first!.attributes, second!.attributes);
  assert.equal(first!.attributes['url.path'], '/items');
  assert.equal(third!.attributes['url.path'], '/items/');
  assert.equal(second!.startMs - first!.startMs, 1000);
});

test('a span begins after the one that it is within, though the clock of the system is set back between', () => {
  let [system, steady] = [1_700_000_000_000, 0];
  const { tracing, spans } = recordingTracing({ ...systemClock, now: () => system, monotonic: () => steady });
  const parent = startServerSpan(tracing, { method: 'GET', route: '/', headers: {} });
  [system, steady] = [system - 60_000, 5];
  endSpan(startSpan(tracing, parent, 'figures'));
  endSpan(parent);
  const [inner, outer] = spans();
  assert.equal(inner!.startMs - outer!.startMs, 5);
});

test('a request without a route or with an invented method does not make a name of its own', () => {
  const { tracing, spans } = recordingTracing();
  endSpan(startServerSpan(tracing, { method: 'GET', route: undefined, path: '/x/123', headers: {} }), { status: 404 });
  endSpan(startServerSpan(tracing, { method: 'BREW', route: '/pot', headers: {} }), { status: 500 });
  assert.deepEqual(
    spans().map(({ name }) => name),
    ['GET', 'HTTP /pot'],
  );
  assert.equal(spans()[0]!.attributes['url.path'], '/x/123');
  assert.equal(spans()[1]!.attributes['http.request.method'], '_OTHER');
  assert.equal(spans()[1]!.attributes['http.request.method_original'], 'BREW');
  assert.equal(spans()[1]!.attributes['error.type'], '500');
  assert.equal(spans()[1]!.status.code, SpanStatusCode.ERROR);
});

test('a client span counts resends and is an error from 400 on', () => {
  const { tracing, spans } = recordingTracing();
  const parent = startServerSpan(tracing, { method: 'GET', route: '/', headers: {} });
  const options = { parent, method: 'GET', route: '/', origin: new URL('http://127.0.0.1:8080'), path: '/x?y=1' };
  endSpan(startClientSpan(tracing, { ...options, attempt: 1 }), { status: 404 });
  endSpan(startClientSpan(tracing, { ...options, origin: new URL('https://e'), attempt: 3 }), { status: 200 });
  const [first, third] = spans();
  assert.equal(first!.kind, SpanKind.CLIENT);
  assert.equal(first!.parentSpanContext?.spanId, parent.spanContext().spanId);
  assert.equal(first!.attributes['error.type'], '404');
  assert.equal(first!.attributes['http.request.resend_count'], undefined);
  assert.equal(first!.attributes['url.full'], 'http://127.0.0.1:8080/x?y=1');
  assert.equal(first!.attributes['server.port'], 8080);
  assert.equal(third!.attributes['http.request.resend_count'], 2);
  assert.equal(third!.attributes['url.full'], 'https://e/x?y=1');
  assert.equal(third!.attributes['server.port'], 443);
  assert.equal(third!.status.code, SpanStatusCode.UNSET);
});

test('what a client span is given beside is its own to add to', () => {
  const { tracing, spans } = recordingTracing();
  const parent = startServerSpan(tracing, { method: 'GET', route: '/', headers: {} });
  const attributes = Object.freeze({ 'penstock.hedge': true });
  const options = { parent, method: 'GET', origin: new URL('http://a'), path: '/', attempt: 1, attributes };
  endSpan(startClientSpan(tracing, options), { error: 'client_aborted' });
  assert.equal(spans()[0]!.attributes['penstock.hedge'], true);
  assert.equal(spans()[0]!.attributes['error.type'], 'client_aborted');
});

test('a client span tells the address that it calls, whether it is that of its route or not', () => {
  const { tracing, spans } = recordingTracing();
  const parent = startServerSpan(tracing, { method: 'GET', route: '/', headers: {} });
  const options = { parent, method: 'GET', origin: new URL('http://a'), attempt: 1 };
  endSpan(startClientSpan(tracing, { ...options, route: '/items', path: '/items' }));
  endSpan(startClientSpan(tracing, { ...options, route: '/items/:id', path: '/items/7' }));
  endSpan(startClientSpan(tracing, { ...options, path: '/other' }));
  assert.deepEqual(
    spans().map(({ name, attributes }) => [name, attributes['url.full'], attributes['penstock.attempt']]),
    [
      ['GET /items', 'http://a/items', 1],
      ['GET /items/:id', 'http://a/items/7', 1],
      ['GET', 'http://a/other', 1],
    ],
  );
});

test('a recorded span has the times it is given', () => {
  const { tracing, spans } = recordingTracing();
  const parent = startSpan(tracing, startServerSpan(tracing, { method: 'GET', route: '/', headers: {} }), 'figures');
  recordSpan(tracing, parent, {
    name: 'estimator ols',
    startMs: 1_700_000_000_000.25,
    endMs: 1_700_000_000_012.75,
    error: new RangeError('no'),
  });
  const [over] = spans();
  assert.equal(hrTimeToMilliseconds(over!.startTime), 1_700_000_000_000.25);
  assert.equal(hrTimeToMilliseconds(over!.duration), 12.5);
  assert.equal(over!.parentSpanContext?.spanId, parent.spanContext().spanId);
  assert.deepEqual(over!.status, { code: SpanStatusCode.ERROR, message: 'no' });
  assert.equal(over!.attributes['error.type'], 'RangeError');
});

test('the type of an error is its code, else its name, else a text as given', () => {
  assert.equal(errorType(Object.assign(new Error('x'), { code: 'ECONNRESET' })), 'ECONNRESET');
  assert.equal(errorType(Object.assign(new TypeError('x'), { code: 'not a code: 127.0.0.1' })), 'TypeError');
  assert.equal(errorType('client_aborted'), 'client_aborted');
  assert.equal(errorType(42), '_OTHER');
});

test('events leave out what is not known', () => {
  const { tracing, spans } = recordingTracing();
  const span = startServerSpan(tracing, { method: 'GET', route: '/', headers: {} });
  addSpanEvent(span, 'retry.scheduled', { 'penstock.attempt': 1, 'penstock.reason': undefined });
  endSpan(span);
  assert.deepEqual(spans()[0]!.events[0]!.attributes, { 'penstock.attempt': 1 });
});

test('a request that is not recorded is not asked for its details', () => {
  const { tracing } = recordingTracing();
  const atZero = { ...tracing, tracer: tracerWith({ onStart: () => assert.fail(), onEnd: () => assert.fail() }, { ratio: 0 }) };
  const span = startServerSpan(atZero, { method: 'GET', route: '/', headers: {} }, () => assert.fail('asked'));
  assert.equal(span.isRecording(), false);
  assert.match(String(traceIdOf(span)), /^[0-9a-f]{32}$/);
  const options = { parent: span, method: 'GET', origin: new URL('http://a'), path: '/', attempt: 1 };
  assert.equal(startClientSpan(atZero, options), span);
  endSpan(span, { status: 500 });
});
