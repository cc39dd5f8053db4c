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

test('a listed code speaks before those that are not listed, however deep it is', () => {
  const outer = Object.assign(new Error('outer', { cause: withCode('EPIPE') }), { code: 'E_NEW' });
  assert.deepEqual(classifyError(outer), { kind: 'transient', reason: 'EPIPE', message: 'EPIPE happened' });
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

test('codes of the network pass, those of wrong requests, certificates and closed clients do not, a missing name may', () => {
  const kinds = {
    transient: [
      'ECONNREFUSED',
      'ECONNRESET',
      'ECONNABORTED',
      'EPIPE',
      'ETIMEDOUT',
      'EHOSTUNREACH',
      'EHOSTDOWN',
      'ENETUNREACH',
      'ENETDOWN',
      'ENETRESET',
      'EADDRNOTAVAIL',
      'EAI_AGAIN',
      'UND_ERR_CONNECT_TIMEOUT',
      'UND_ERR_HEADERS_TIMEOUT',
      'UND_ERR_BODY_TIMEOUT',
      'UND_ERR_SOCKET',
      'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
    ],
    permanent: [
      'EACCES',
      'EPERM',
      'EPROTO',
      'ERR_INVALID_URL',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UND_ERR_INVALID_ARG',
      'UND_ERR_NOT_SUPPORTED',
      'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
      'UND_ERR_HEADERS_OVERFLOW',
      'UND_ERR_RES_EXCEEDED_MAX_SIZE',
      'UND_ERR_ABORTED',
      'UND_ERR_DESTROYED',
      'UND_ERR_CLOSED',
    ],
    unknown: ['ENOTFOUND', 'EWHATEVER'],
  };
  for (const [kind, codes] of Object.entries(kinds)) {
    for (const code of codes) {
      assert.deepEqual(classifyError(withCode(code)), { kind, reason: code, message: `${code} happened` });
    }
  }
  const named = (name: string) => classifyError(Object.assign(new Error('it happened'), { name })).kind;
  assert.deepEqual(
    ['TimeoutError', 'AbortError', 'SyntaxError', 'TypeError', 'RangeError', 'ReferenceError', 'OtherError'].map(named),
    ['transient', 'permanent', 'permanent', 'permanent', 'permanent', 'permanent', 'unknown'],
  );
});

test('a verdict tells what the engine said, and when to return only where it said so', () => {
  assert.deepEqual(classifyStatus(200, 1000), { kind: 'success', reason: '200' });
  assert.deepEqual(classifyStatus(503), { kind: 'transient', reason: '503', message: 'the engine answered 503' });
  assert.deepEqual(classifyStatus(503, 1000), {
    kind: 'transient',
    reason: '503',
    message: 'the engine answered 503',
    retryAfterMs: 1000,
  });
  assert.equal(classifyStatus(507).kind, 'transient');
  const classify = httpClassifier((answer: { status: number; retryAfter?: string }) => answer, new FakeClock());
  assert.equal(classify({ result: { status: 429 } }).kind, 'success');
  assert.deepEqual(classify({ result: { status: 429, retryAfter: '2' } }).retryAfterMs, 2000);
  assert.deepEqual(classify({ error: withCode('EPIPE') }).reason, 'EPIPE');
});

test('an error that is none, without message or with a code that is no label, still has a verdict', () => {
  const message = 'an error without a message';
  assert.deepEqual(classifyError('a string'), { kind: 'unknown', reason: 'unknown', message });
  assert.deepEqual(classifyError(undefined), { kind: 'unknown', reason: 'unknown', message });
  assert.deepEqual(classifyError(new Error('')), { kind: 'unknown', reason: 'Error', message });
  assert.deepEqual(classifyError({ code: 42, name: 'not a label', message: 'odd' }), {
    kind: 'unknown',
    reason: 'unknown',
    message: 'odd',
  });
  assert.equal(classifyError({ code: true, name: 'Odd' }).reason, 'Odd', 'a code is a text');
  assert.deepEqual(classifyError(new Error('outer', { cause: new Error('') })).message, 'outer');
});

test('causes are followed four deep and no further', () => {
  const wrapped = (depth: number): Error => {
    let error: Error = withCode('ECONNRESET');
    for (let each = 0; each < depth; each++) error = new Error(`wrap ${each}`, { cause: error });
    return error;
  };
  assert.equal(classifyError(wrapped(4)).reason, 'ECONNRESET');
  assert.equal(classifyError(wrapped(5)).reason, 'Error');
});
