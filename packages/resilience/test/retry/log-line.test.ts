import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRetryLine } from '@penstock/resilience';

test('a retry is logged with its number, its failure and its delay', () => {
  const event = { attempt: 1, of: 3, message: 'connect ECONNREFUSED 127.0.0.1:8080', delayMs: 1234 };
  assert.equal(formatRetryLine(event), '[Retry] Attempt 1/3 failed: connect ECONNREFUSED 127.0.0.1:8080. Retrying in 1.23s');
});

test('a message of several lines is logged on one, and its own full stop is not doubled', () => {
  const event = { attempt: 2, of: 3, message: ' read\n  ECONNRESET.\n', delayMs: 60_000 };
  assert.equal(formatRetryLine(event), '[Retry] Attempt 2/3 failed: read ECONNRESET. Retrying in 60.00s');
});
