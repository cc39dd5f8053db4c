import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProblemError } from '@penstock/contracts';
import fc from 'fast-check';
import { parseJson } from '../../../src/analysis/request/parse-json.ts';

const refusal = (body: string | Buffer): string => {
  try {
    parseJson(Buffer.from(body as string));
  } catch (error) {
    assert.ok(error instanceof ProblemError);
    assert.equal(error.code, 'invalid_json');
    return error.message;
  }
  return 'accepted';
};

describe('strict JSON', () => {
  it('gives what JSON.parse gives for every valid text', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.boolean(), (text, spaced) => {
        const written = spaced ? JSON.stringify(JSON.parse(text), null, 2) : text;
        // A generated object never has a key twice.
        assert.deepEqual(parseJson(Buffer.from(written)), JSON.parse(written));
      }),
      { numRuns: 300 },
    );
  });

  it('refuses whatever JSON.parse refuses', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom('', '{', ']', '"', ',', ':', '\\', '0', 'x'),
        (text, at, junk) => {
          const cut = at % (text.length + 1);
          const broken = text.slice(0, cut) + junk + text.slice(cut + 1);
          let valid = true;
          try {
            JSON.parse(broken);
          } catch {
            valid = false;
          }
          const told = refusal(broken);
          // A key given twice may stand before what JSON.parse refuses.
          if (!told.includes('twice')) assert.equal(told === 'accepted', valid, `${broken}: ${told}`);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('says what was expected and where', () => {
    assert.equal(refusal('{"a": 1,\n  b: 2}'), "expected a key in double quotes, found 'b', at line 2, column 3 (position 11)");
    assert.equal(refusal('{"a": 1'), "expected ',' or '}', found the end of the text, at line 1, column 8 (position 7)");
    assert.equal(refusal('[1 2]'), "expected ',' or ']', found '2', at line 1, column 4 (position 3)");
    assert.equal(refusal('{} x'), "expected the end of the text, found 'x', at line 1, column 4 (position 3)");
    assert.match(refusal('{"a":\u00a01}'), /expected a value, found U\+00A0/);
    assert.match(refusal('NaN'), /expected a value, found 'N'/);
    assert.match(refusal('[01]'), /expected ',' or '\]', found '1'/);
    assert.match(refusal('["a\nb"]'), /raw control character/);
    assert.match(refusal('["abc'), /not closed/);
  });

  it('names a key that is given twice, however it is written', () => {
    assert.match(refusal('{"y":1,"x":{"y":2},"y":3}'), /the key "y" is given twice, at line 1, column 20/);
    assert.match(refusal('{"a":1,"\\u0061":2}'), /the key "\\u0061" is given twice/);
  });

  it('stops at a depth that no request needs', () => {
    assert.match(refusal('['.repeat(100_000)), /more than 32 levels of nesting, at line 1, column 33/);
    assert.equal(refusal(`${'['.repeat(32)}${']'.repeat(32)}`), 'accepted');
  });

  it('tells the byte at which UTF-8 breaks', () => {
    assert.match(refusal(Buffer.from([0x7b, 0x22, 0xc3, 0xa9, 0xff, 0x22])), /not UTF-8: invalid sequence at byte 4/);
    assert.match(refusal(Buffer.from([0x22, 0xe2, 0x82])), /not UTF-8: invalid sequence at byte/);
    assert.equal(refusal(Buffer.from('\ufeff{}')), 'accepted');
    assert.match(refusal(Buffer.from('{}', 'utf16le')), /found U\+0000/);
    assert.match(refusal(''), /empty/);
  });

  it('reads a megabyte of one string', () => {
    assert.equal((parseJson(Buffer.from(`"${'a\\n'.repeat(300_000)}"`)) as string).length, 600_000);
  });
});
