import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteText } from '../../src/tracing/byte-text.ts';

const written = ({ buffer, length }: ByteText): string => buffer.toString('utf8', 0, length);

test('text, bytes, letters and digits follow each other, in memory that grows with them', () => {
  const text = new ByteText(Buffer.allocUnsafeSlow(1));
  text.text('€ "ü" ');
  text.bytes(Buffer.from('bytes '));
  text.ascii('0af7');
  text.digits(42, 5);
  assert.equal(written(text), '€ "ü" bytes 0af700042');
  for (let index = 0; index < 1000; index++) text.text('€');
  assert.equal(written(text), `€ "ü" bytes 0af700042${'€'.repeat(1000)}`);
});

test('whole numbers are written with zeros before them, up to the greatest of nine digits', () => {
  const text = new ByteText(Buffer.alloc(64));
  for (const value of [0, 7, 1_000_000, 999_999_999]) text.digits(value, 9);
  assert.equal(written(text), '000000000000000007001000000999999999');
});

test('memory that is used again holds nothing of what was in it', () => {
  const buffer = Buffer.from('something that was there before');
  const text = new ByteText(buffer);
  text.ascii('new');
  assert.equal(written(text), 'new');
  assert.equal(text.buffer, buffer);
});
