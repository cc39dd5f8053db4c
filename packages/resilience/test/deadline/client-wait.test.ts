import assert from 'node:assert/strict';
import { test } from 'node:test';
import { totalFromHeaders } from '@penstock/resilience';

const MAX = 150_000;
const total = (totalMs: number, clientShortened: boolean) => ({ kind: 'total', totalMs, clientShortened });

test('without headers the total is ours', () => {
  assert.deepEqual(totalFromHeaders({}, MAX), total(MAX, false));
  assert.deepEqual(totalFromHeaders({ prefer: 'respond-async, return=minimal' }, MAX), total(MAX, false));
});

test('Prefer: wait and Request-Timeout count in seconds, and the shorter one wins', () => {
  assert.deepEqual(totalFromHeaders({ prefer: 'respond-async, Wait=10; x=y' }, MAX), total(10_000, true));
  assert.deepEqual(totalFromHeaders({ prefer: 'wait="7"' }, MAX), total(7000, true));
  assert.deepEqual(totalFromHeaders({ requestTimeout: '1.5' }, MAX), total(1500, true));
  assert.deepEqual(totalFromHeaders({ prefer: 'wait=10', requestTimeout: '3' }, MAX), total(3000, true));
});

test('more than our maximum is cut to it and stays ours', () => {
  assert.deepEqual(totalFromHeaders({ prefer: 'wait=600' }, MAX), total(MAX, false));
  assert.deepEqual(totalFromHeaders({ requestTimeout: '150' }, MAX), total(MAX, false));
});

test('a value that is no number of seconds is reported with its header', () => {
  for (const wait of ['soon', '-1', '1.5', '']) {
    assert.deepEqual(totalFromHeaders({ prefer: `wait=${wait}` }, MAX), { kind: 'invalid', header: 'prefer', received: wait });
  }
  const received = '1e3';
  assert.deepEqual(totalFromHeaders({ requestTimeout: received }, MAX), { kind: 'invalid', header: 'request-timeout', received });
});

test('spaces around names and values are nothing, and a wait without a value is reported', () => {
  assert.deepEqual(totalFromHeaders({ prefer: 'respond-async , wait = 5 ; x' }, MAX), total(5000, true));
  assert.deepEqual(totalFromHeaders({ requestTimeout: ' 1.234 ' }, MAX), total(1234, true));
  assert.deepEqual(totalFromHeaders({ prefer: 'wait' }, MAX), { kind: 'invalid', header: 'prefer', received: '' });
  assert.deepEqual(totalFromHeaders({ prefer: '' }, MAX), total(MAX, false));
  assert.deepEqual(totalFromHeaders({ prefer: ',,' }, MAX), total(MAX, false));
});
