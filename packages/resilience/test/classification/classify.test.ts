import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@penstock/clock';
import { CODE_CLASSES, classifyError, classifyStatus, httpClassifier, NAME_CLASSES } from '@penstock/resilience';

const withCode = (code: string): Error => Object.assign(new Error(`${code} happened`), { code });

test('statuses: the engine answered below 500; 502, 503, 504 pass; 501, 505 do not; others are unknown', () => {
  const kinds = [200, 204, 304, 400, 404, 409, 422, 499, 408, 429, 500, 501, 502, 503, 504, 505, 599].map((status) => [
    status,
    classifyStatus(status).kind,
  ]);
  assert.deepEqual(Object.fromEntries(kinds), {
    200: 'success',
    204: 'success',
    304: 'success',
    400: 'success',
    404: 'success',
    409: 'success',
    422: 'success',
    499: 'success',
    408: 'transient',
    429: 'success',
    500: 'unknown',
    501: 'permanent',
    502: 'transient',
    503: 'transient',
    504: 'transient',
    505: 'permanent',
    599: 'unknown',
  });
});

test('408 and 429 follow their options', () => {
  assert.equal(classifyStatus(429, 1000).kind, 'transient');
  const options = { requestTimeout: 'success', tooManyRequests: 'transient' } as const;
  assert.equal(classifyStatus(408, undefined, options).kind, 'success');
  assert.equal(classifyStatus(429, undefined, options).kind, 'transient');
  assert.equal(classifyStatus(429, 1000, { ...options, tooManyRequests: 'success' }).kind, 'success');
});

test('every listed code and name has its class, with the code as the reason', () => {
  for (const [code, kind] of Object.entries(CODE_CLASSES)) {
    assert.deepEqual(classifyError(withCode(code)), { kind, reason: code, message: `${code} happened` });
  }
  for (const [name, kind] of Object.entries(NAME_CLASSES)) {
    assert.deepEqual(classifyError(Object.assign(new Error('x'), { name })), { kind, reason: name, message: 'x' });
  }
});

test('the code is found behind fetch and in an aggregate, with the message that says most', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:8080'), { code: 'ECONNREFUSED' });
  const fetchFailed = new TypeError('fetch failed', { cause: new AggregateError([refused]) });
  assert.deepEqual(classifyError(fetchFailed), { kind: 'transient', reason: 'ECONNREFUSED', message: refused.message });
});

test('what cannot be recognised is unknown, under a reason that is safe as a label', () => {
  assert.deepEqual(classifyError(withCode('E_NEW')), { kind: 'unknown', reason: 'E_NEW', message: 'E_NEW happened' });
  assert.equal(classifyError(withCode('user 4711 not found')).reason, 'Error');
  for (const thrown of [undefined, null, 'text', 7, {}]) {
    assert.deepEqual(classifyError(thrown), { kind: 'unknown', reason: 'unknown', message: 'an error without a message' });
  }
  const circular = new Error('round');
  circular.cause = circular;
  assert.equal(classifyError(circular).kind, 'unknown');
});

test('inherited names of objects are no classes', () => {
  assert.equal(classifyError(withCode('constructor')).kind, 'unknown');
  assert.equal(classifyError(Object.assign(new Error('x'), { name: 'toString' })).kind, 'unknown');
});

test('an HTTP classifier reads status and Retry-After from the result', () => {
  const classify = httpClassifier((reply: { code: number; after?: string }) => {
    return { status: reply.code, retryAfter: reply.after };
  }, new FakeClock());
  assert.deepEqual(classify({ result: { code: 503, after: '7' } }), {
    kind: 'transient',
    reason: '503',
    message: 'the engine answered 503',
    retryAfterMs: 7000,
  });
  assert.equal(classify({ error: withCode('EPIPE') }).reason, 'EPIPE');
});
