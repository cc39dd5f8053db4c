import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineQueue } from '../../src/log/line-queue.ts';

function queueOf(lines: readonly string[], limit = 1000): LineQueue {
  const queue = new LineQueue(limit);
  for (const line of lines) assert.ok(queue.push(line));
  return queue;
}

test('the head is the oldest lines, whole, and about as much as a pipe takes', () => {
  assert.equal(queueOf(['one\n', 'two\n']).head().toString(), 'one\ntwo\n');
  const long = `${'x'.repeat(40_000)}\n`;
  assert.equal(queueOf([long, long, long], 1e6).head().length, 2 * long.length);
  assert.equal(queueOf([`${'x'.repeat(200_000)}\n`, 'y\n'], 1e6).head().length, 200_001);
});

test('a line beyond the limit is refused, and there is room again once others are written', () => {
  const queue = queueOf(['12345\n'], 10);
  assert.equal(queue.push('1234\n'), false);
  assert.deepEqual([queue.length, queue.bytes], [1, 6]);
  queue.advance(6);
  assert.equal(queue.push('1234\n'), true);
});

test('of a line that is written in part the rest stays, and counts as a line', () => {
  const queue = queueOf(['one\n', 'two\n', 'three\n']);
  queue.advance(6);
  assert.equal(queue.head().toString(), 'o\nthree\n');
  assert.deepEqual([queue.length, queue.bytes], [2, 8]);
});

test('lengths are bytes, not characters', () => {
  const queue = queueOf(['ä€\n']);
  assert.equal(queue.bytes, 6);
  queue.advance(6);
  assert.deepEqual([queue.length, queue.bytes], [0, 0]);
});

test('what is cleared is counted; the next line does not go on where a torn one ended', () => {
  const queue = queueOf(['one\n', 'two\n']);
  queue.advance(2);
  assert.equal(queue.clear(), 2);
  queue.push('lost, too\n');
  assert.equal(queue.clear(), 1);
  queue.push('three\n');
  queue.push('four\n');
  assert.equal(queue.head().toString(), '\nthree\nfour\n');
});

test('between whole lines nothing is torn', () => {
  const queue = queueOf(['one\n', 'two\n']);
  queue.advance(4);
  assert.equal(queue.clear(), 1);
  queue.push('three\n');
  assert.equal(queue.head().toString(), 'three\n');
});
