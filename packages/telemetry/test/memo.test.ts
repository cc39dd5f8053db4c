import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Memo } from '../src/index.ts';

test('what belongs to a key is made once, whatever is asked for between', () => {
  const made: string[] = [];
  const memo = new Memo((key: string) => {
    made.push(key);
    return { key };
  });
  const first = memo.of('a');
  assert.equal(memo.of('a'), first);
  memo.of('b');
  assert.equal(memo.of('a'), first);
  assert.deepEqual(made, ['a', 'b']);
});

test('undefined is a key like any other', () => {
  const memo = new Memo((key: string | undefined) => ({ key }));
  assert.equal(memo.of(undefined), memo.of(undefined));
  assert.notEqual(memo.of(undefined), memo.of('undefined'));
});

test('keys without an end do not take memory without one', () => {
  let made = 0;
  const memo = new Memo((key: number) => ({ key, number: ++made }));
  for (let key = 0; key < 1001; key++) memo.of(key);
  assert.equal(memo.of(1000).number, 1001);
  assert.equal(memo.of(0).number, 1002, 'forgotten, and made again');
});
