import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figures, renderReport } from '../../src/index.ts';
import { emptyReply, hostileReply, reply } from '../support/replies.ts';
import { study } from '../support/worlds.ts';

const svgs = Object.fromEntries(figures.map((figure) => [figure.name, figure.draw(study())]));
const page = renderReport(reply(), svgs);
/** The page's words, tags gone. */
const words = (document: string): string =>
  document
    .replace(/<style>.*?<\/style>|<svg.*?<\/svg>/gs, '')
    .replace(/<[^>]+>/g, '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ');

test('the same reply and figures give the same bytes', () => {
  assert.equal(renderReport(reply(), svgs), page);
});

test('the page is complete in itself and forbids scripts', () => {
  assert.match(page, /^<!doctype html>\n<html lang="en">/);
  assert.match(page, /http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;/);
  assert.doesNotMatch(page, /<script|<link|<img|@import|url\(| src=/);
});

test('the headline says the doubly robust estimate with its interval in a sentence', () => {
  assert.match(
    words(page),
    /The doubly robust estimate is that treat changes re78 by \+1,633 on average over all rows \(95% confidence interval 378 to 2,888\)\. The interval does not include zero\./,
  );
});

test('without the doubly robust estimate the headline says which one it is, and why the other is missing', () => {
  const base = reply();
  const results = base.results.map((result) =>
    result.name === 'aipw' ? { name: 'aipw', title: 'AIPW', status: 'failed' as const, error: 'perfect separation' } : result,
  );
  const said = words(renderReport({ ...base, results }, svgs));
  assert.match(said, /The estimate by G-computation \(outcome regression\) is that/);
  assert.match(said, /The interval includes zero: the data are compatible with no effect\./);
  assert.match(said, /The doubly robust estimate is missing: perfect separation\./);
});

test('every estimator is in the page: numbers, reasons and errors', () => {
  for (const result of reply().results) {
    assert.match(page, new RegExp(`data-name="${result.name}" data-status="${result.status}"`));
    if (result.status === 'ok')
      assert.ok(page.includes(`<data value="${result.estimate}" title="${result.estimate}">`), result.name);
    if (result.status === 'failed') assert.ok(words(page).includes(result.error));
    if (result.status === 'skipped') assert.ok(words(page).includes(result.reason));
  }
  assert.match(words(page), /Warning the largest weight is 4\.9 % of the total/);
});

test('gates are told in words, and the decision is none with its reason', () => {
  const said = words(page);
  for (const part of ['overlap: failed', 'balance: warning', 'sample_size: passed', 'pre_trends: not checked']) {
    assert.ok(said.includes(part), part);
  }
  assert.match(said, /Decision: none\. Not available in this version/);
});

test('diagnostics, sensitivity, notes, options and provenance are told', () => {
  const said = words(page);
  assert.match(said, /381 rows \(62\.3%\) have a propensity score in the range that both groups reach/);
  assert.match(said, /Treated, ATE weights ?185 ?58\.3 ?31\.5%/);
  assert.match(said, /risk ratio of at least 1\.71 each/);
  assert.match(said, /2 of 614 rows have a missing value/);
  assert.match(said, /covariance ?HC2/);
  assert.match(said, new RegExp(reply().analysis_id));
});

test('figures are inline with their captions, those not drawn with their reasons', () => {
  assert.equal(page.match(/<svg /g)!.length, 4);
  assert.equal(page.match(/<figcaption>/g)!.length, 4);
  assert.match(words(page), /event_study: not available in this version/);
});

test('what is missing is said to be missing, with the reason of the reply', () => {
  const said = words(renderReport(emptyReply(), {}));
  for (const part of [
    'No estimator produced an estimate',
    'No figure was drawn',
    'No quality gate applies',
    'No E-value: the treatment is not binary',
  ]) {
    assert.ok(said.includes(part), part);
  }
  assert.match(said, /Balance ?Not available: the treatment is not binary\./);
});

test('nothing of the reply becomes markup, and no address of it becomes a link', () => {
  const hostile = renderReport(hostileReply(), {});
  assert.doesNotMatch(hostile, /<script|onload="|javascript:/);
  assert.ok(!/[\u202a-\u202e]/u.test(hostile) && !hostile.includes('\u0000') && !hostile.includes('\u0008'));
});

test('what is not a figure is refused', () => {
  assert.throws(
    () => renderReport(reply(), { love_plot: '<script>' }),
    /svgs\.love_plot must be an <svg> element; received <script>/,
  );
});
