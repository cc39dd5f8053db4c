import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '@penstock/clock';
import { designOf } from '../../src/fit/design.ts';
import { logit } from '../../src/fit/logit.ts';
import type { Column } from '../../src/types.ts';
import { assertClose } from '../support/reference.ts';

const none = () => undefined;

function fitOf(columns: readonly Column[], treatment: readonly number[], weights?: Float64Array) {
  const { matrix, names } = designOf(treatment.length, columns);
  return logit(matrix, names, Float64Array.from(treatment), none, weights);
}

const random = seededRandom(1, 'logit');
const x = { name: 'x', values: Float64Array.from({ length: 200 }, () => 2 * random.next() - 1) };
const treated = [...x.values].map((value) => (random.next() < 1 / (1 + Math.exp(-value)) ? 1 : 0));

describe('logit', () => {
  test('a two-by-two table has its closed form: log odds, and errors from the counts', () => {
    const dummy = { name: 'd', values: Float64Array.of(...new Array(30).fill(0), ...new Array(20).fill(1)) };
    const outcome = [...new Array(10).fill(1), ...new Array(20).fill(0), ...new Array(15).fill(1), ...new Array(5).fill(0)];
    const fit = fitOf([dummy], outcome);
    assertClose([...fit.coefficients], [Math.log(0.5), Math.log(6)], 'coefficients', 1e-13);
    assertClose(fit.informationInverse.data[3], 1 / 10 + 1 / 20 + 1 / 15 + 1 / 5, 'variance', 1e-12);
    assertClose(fit.logLik, -fit.deviance / 2, 'deviance', 1e-15);
    assert.equal(fit.aic, fit.deviance + 4);
  });

  test('the score is zero at the solution', () => {
    const fit = fitOf([x], treated);
    const score = fit.probabilities.reduce((sum, p, i) => sum + (treated[i]! - p) * x.values[i]!, 0);
    assert.ok(Math.abs(score) < 1e-12, `score ${score}`);
  });

  test('whole weights equal repeated rows', () => {
    const weights = Float64Array.from(treated, (_, i) => (i % 3) + 1);
    const rows = treated.flatMap((_, i) => Array.from({ length: (i % 3) + 1 }, () => i));
    const repeated = { name: 'x', values: Float64Array.from(rows, (i) => x.values[i]!) };
    const plain = fitOf(
      [repeated],
      rows.map((i) => treated[i]!),
    );
    const weighted = fitOf([x], treated, weights);
    assertClose([...weighted.coefficients], [...plain.coefficients], 'coefficients', 1e-11);
    assertClose(weighted.nullDeviance, plain.nullDeviance, 'null deviance', 1e-12);
  });

  test('perfect separation names the separating column', () => {
    const sign = { name: 'sign', values: x.values.map((value) => value * 1000) };
    const separated = [...x.values].map((value) => (value > 0.1 ? 1 : 0));
    assert.throws(() => fitOf([x], separated), /perfect separation: 'x' tells/);
    assert.throws(() => fitOf([sign], separated), /perfect separation: 'sign' tells/);
  });

  test('a dummy that only the treated have is separation too, of those rows', () => {
    const rare = { name: 'rare', values: Float64Array.from(treated, (t, i) => (t === 1 && i < 40 ? 1 : 0)) };
    assert.throws(() => fitOf([x, rare], treated), /perfect separation: 'rare' tells some rows' treatment/);
  });

  test('separation by two columns together names both', () => {
    const z = { name: 'z', values: Float64Array.from({ length: 200 }, () => 2 * random.next() - 1) };
    const noise = { name: 'noise', values: Float64Array.from({ length: 200 }, () => random.next()) };
    const together = [...x.values].map((value, i) => (value + z.values[i]! > 0 ? 1 : 0));
    assert.throws(() => fitOf([x, z, noise], together), /a combination of .*'x', 'z'/);
  });

  test('strong but imperfect prediction converges', () => {
    const almost = [...x.values].map((value, i) => (i === 0 ? 1 : value > 0 ? 1 : 0));
    x.values[0] = -0.9;
    const fit = fitOf([x], almost);
    assert.ok(fit.coefficients.every(Number.isFinite));
    assert.ok(fit.iterations < 30);
  });

  test('collinear columns are named', () => {
    const twin = { name: 'twin', values: x.values.map((value) => 3 * value + 1) };
    assert.throws(() => fitOf([x, twin], treated), /'twin' is a linear combination of '\(Intercept\)', 'x'/);
  });
});
