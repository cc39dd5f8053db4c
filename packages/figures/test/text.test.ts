import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isolate, shownName, spoken, textWidth, truncate, wrap } from '../src/text.ts';

test('a text that fits is not cut, one that does not ends in an ellipsis and fits', () => {
  assert.equal(truncate('age', 200, 13), 'age');
  for (const name of ['x'.repeat(300), '顧客の平均購入金額'.repeat(9), 'متوسط الإنفاق '.repeat(9), '👩‍👩‍👧‍👦'.repeat(50)]) {
    const cut = truncate(name, 100, 13);
    assert.ok(cut.endsWith('…') && textWidth(cut, 13) <= 100, cut);
  }
});

test('cutting never splits a grapheme', () => {
  const family = '👩‍👩‍👧‍👦';
  const cut = truncate(family.repeat(10), 150, 13).slice(0, -1);
  assert.equal(cut, family.repeat(cut.length / family.length));
  assert.ok(!truncate('e\u0301'.repeat(40), 60, 13).endsWith('e…'));
});

test('words are wrapped onto as many lines as allowed, and the last is cut', () => {
  assert.deepEqual(wrap('one two', 200, 13, 2), ['one two']);
  const lines = wrap('augmented inverse probability weighting with much more to say about it', 120, 13, 2);
  assert.equal(lines.length, 2);
  assert.ok(lines.every((line) => textWidth(line, 13) <= 120));
  assert.ok(lines[1]!.endsWith('…'));
});

test('names are shown on one line, without controls and direction marks, and never as nothing', () => {
  assert.equal(shownName(' a\tb\nc '), 'a b c');
  assert.equal(shownName('a\u0000\u0085b'), 'a\ufffd\ufffdb');
  assert.equal(shownName('\u202egnp.exe'), 'gnp.exe');
  assert.equal(shownName('\n'), '(blank)');
});

test('names within sentences are isolated and cut by graphemes', () => {
  assert.equal(spoken('age'), isolate('age'));
  assert.equal(spoken('abcdef', 4), isolate('abc…'));
});
