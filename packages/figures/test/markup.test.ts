import assert from 'node:assert/strict';
import { test } from 'node:test';
import { el, escaped, html, Markup } from '../src/markup.ts';

test('text is escaped in elements, in attributes and in templates, markup is not', () => {
  assert.equal(el('a', { b: `"'<>&` }, '</a>').source, '<a b="&#34;&#39;&#60;&#62;&#38;">&#60;/a&#62;</a>');
  assert.equal(html`<p>${'<b>'}${new Markup('<i>')}${['<', new Markup('>')]}</p>`.source, '<p>&#60;b&#62;<i>&#60;></p>');
});

test('characters that XML forbids become U+FFFD, white space survives as references', () => {
  assert.equal(escaped('a\u0000\u0008\u001f\ufffe\uffff\ud800b'), 'a\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdb');
  assert.equal(escaped('\t\n\r'), '&#9;&#10;&#13;');
  assert.equal(escaped('😀é漢'), '😀é漢');
});

test('missing attributes and children are left out, zero is not', () => {
  assert.equal(el('a', { b: null, c: undefined, d: 0 }, null, undefined, false, 0).source, '<a d="0">0</a>');
  assert.equal(el('a', {}).source, '<a/>');
});

test('a template drops the marks that would turn the text around it', () => {
  assert.equal(html`<p>${'\u202egnp.exe\u2069'}</p>`.source, '<p>gnp.exe</p>');
});
