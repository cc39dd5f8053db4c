import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidFaults, parseFaults } from '../../src/faults/parse-faults.ts';

const latency = { kind: 'latency', percent: 5, delay_ms: 100 };

describe('parseFaults', () => {
  it('reads each kind, names what has no name, and gives jitter its default', () => {
    assert.deepEqual(
      parseFaults([
        latency,
        { kind: 'error', name: 'outage', percent: 30, status: 503, retry_after_s: 2 },
        { kind: 'abort', percent: 0.5, route: '/a/:id', method: 'GET' },
      ]),
      [
        { name: 'latency-0', kind: 'latency', percent: 5, delay_ms: 100, jitter_ms: 0 },
        { name: 'outage', kind: 'error', percent: 30, status: 503, retry_after_s: 2 },
        { name: 'abort-2', kind: 'abort', percent: 0.5, route: '/a/:id', method: 'GET' },
      ],
    );
  });

  const bad: readonly [unknown, RegExp][] = [
    [{}, /^\/ must be a list of faults$/],
    [null, /^\/ must be a list/],
    [Array(101).fill(latency), /must have at most 100 faults/],
    [[5], /^\/0 must be an object; /],
    [[null], /\/0 must be an object/],
    [[[]], /\/0 must be an object/],
    [[{ ...latency, kind: 'delay' }], /^\/0\/kind must be a kind of fault/],
    [[{ ...latency, percent: 101 }], /^\/0\/percent must be a number from 0 to 100$/],
    [[{ ...latency, percent: '5' }], /^\/0\/percent must be a number/],
    [[{ ...latency, percent: Number.NaN }], /^\/0\/percent must be a number/],
    [[{ kind: 'latency', delay_ms: 1 }], /^\/0\/percent must be a number/],
    [[{ kind: 'latency', percent: 1 }], /^\/0\/delay_ms must be a number from 0 to 600000$/],
    [[{ ...latency, jitter_ms: -1 }], /^\/0\/jitter_ms must be/],
    [[{ ...latency, status: 503 }], /^\/0\/status is not a field of a fault of kind latency$/],
    [[{ kind: 'error', percent: 1 }], /^\/0\/status must be a number from 400 to 599/],
    [[{ kind: 'error', percent: 1, status: 200 }], /^\/0\/status must be a number from 400 to 599$/],
    [[{ kind: 'error', percent: 1, status: 503.5 }], /^\/0\/status must be a whole number$/],
    [[{ ...latency, name: 'a b' }], /^\/0\/name must be 1 to 64 letters/],
    [[{ ...latency, name: '' }], /^\/0\/name must be/],
    [[{ ...latency, method: 'get' }], /^\/0\/method must be a method$/],
    [[{ ...latency, route: 'api' }], /^\/0\/route must be a route template$/],
    [
      [
        { ...latency, name: 'a' },
        { ...latency, name: 'a' },
      ],
      /^\/1\/name is the name of another fault already$/,
    ],
  ];
  for (const [value, message] of bad) {
    it(`refuses ${JSON.stringify(value).slice(0, 80)}, naming the field`, () => {
      assert.throws(
        () => parseFaults(value),
        (error: unknown) => error instanceof InvalidFaults && message.test(error.message),
      );
    });
  }

  it('refuses a route that the service does not have, and lists those it has', () => {
    assert.throws(
      () => parseFaults([{ ...latency, route: '/b' }], new Set(['/a'])),
      (error: unknown) => {
        assert.ok(error instanceof InvalidFaults);
        assert.deepEqual(error.errors, [
          { field: '/0/route', message: 'is not a route of this service', received: '/b', accepted: ['/a'] },
        ]);
        return true;
      },
    );
  });
});
