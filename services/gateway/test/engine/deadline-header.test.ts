import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProblemError } from '@penstock/contracts';
import { requestedTotal } from '../../src/engine/deadline-header.ts';

describe('the total time that a client asks for', () => {
  it('is the server’s when none is asked', () => {
    assert.deepEqual(requestedTotal({}, 150_000), { totalMs: 150_000, clientShortened: false });
  });

  it('is the shorter of both headers, never more than the server’s', () => {
    assert.deepEqual(requestedTotal({ prefer: 'respond-async, wait=10' }, 150_000), { totalMs: 10_000, clientShortened: true });
    assert.deepEqual(requestedTotal({ prefer: 'wait=10', 'request-timeout': '2.5' }, 150_000), {
      totalMs: 2500,
      clientShortened: true,
    });
    assert.deepEqual(requestedTotal({ 'request-timeout': '9999' }, 150_000), { totalMs: 150_000, clientShortened: false });
  });

  for (const headers of [{ prefer: 'wait=soon' }, { 'request-timeout': '-1' }, { 'request-timeout': '1e9' }]) {
    it(`refuses ${JSON.stringify(headers)} with the header, the value and what is accepted`, () => {
      assert.throws(
        () => requestedTotal(headers, 150_000),
        (error) =>
          error instanceof ProblemError &&
          error.code === 'invalid_header' &&
          error.options.errors?.[0]?.field === `header:${Object.keys(headers)[0]}`,
      );
    });
  }
});
