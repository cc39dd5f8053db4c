import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html, Markup } from '../../../src/status/page/html.ts';

test('what is put into a template is escaped, in lists as well, and markup is not', () => {
  assert.equal(html`<p>${'<b>'}${new Markup('<i>')}${['<', new Markup('>')]}</p>`.source, '<p>&#60;b&#62;<i>&#60;></p>');
  assert.equal(html`<a title="${`"'&`}">`.source, '<a title="&#34;&#39;&#38;">');
});

test('false and undefined are left out, zero is not', () => {
  assert.equal(html`${false}${undefined}${0}`.source, '0');
});

test('lone surrogates and marks that turn the text around them do not reach the page', () => {
  assert.equal(html`${'\ud800a\u202eb\u2069'}`.source, '\ufffdab');
});
