import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { priorityOf, staleIfErrorMs } from '../../src/layers/client-wishes.ts';

describe('what a client wishes', () => {
  for (const [priority, expected] of [
    ['u=0', 'interactive'],
    ['u=3', 'interactive'],
    ['u=4', 'batch'],
    ['i, u=7', 'batch'],
    ['u=7, i', 'batch'],
    ['u=8', 'interactive'],
    ['urgent', 'interactive'],
    ['', 'interactive'],
  ] as const) {
    it(`Priority: ${priority} is ${expected}`, () => assert.equal(priorityOf({ priority }), expected));
  }
  it('without Priority somebody waits', () => assert.equal(priorityOf({}), 'interactive'));

  for (const [value, expected] of [
    ['stale-if-error=10', 10_000],
    ['no-cache, stale-if-error=0', 0],
    ['stale-if-error', Number.POSITIVE_INFINITY],
    ['max-stale=10', undefined],
    ['stale-if-error=x', undefined],
  ] as const) {
    it(`Cache-Control: ${value} accepts an answer of ${expected} ms`, () =>
      assert.equal(staleIfErrorMs({ 'cache-control': value }), expected));
  }
});
