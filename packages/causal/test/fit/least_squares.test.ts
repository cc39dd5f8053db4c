import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '@penstock/clock';
import { covariance, standardErrors } from '../../src/fit/covariance.ts';
import { designOf } from '../../src/fit/design.ts';
import { leastSquares, predict } from '../../src/fit/least_squares.ts';
import type { Column } from '../../src/types.ts';
import { codes } from '../support/input.ts';
import { assertClose } from '../support/reference.ts';

const none = () => undefined;

function noise(n: number, stream: string): Float64Array {
  const random = seededRandom(1, stream);
  return Float64Array.from({ length: n }, () => random.next() - 0.5);
}

function world(n = 60): { columns: Column[]; y: Float64Array } {
  const columns = ['a', 'b', 'c'].map((name) => ({ name, values: noise(n, name) }));
  const y = noise(n, 'y').map((e, i) => 1 + 2 * columns[0]!.values[i]! - columns[1]!.values[i]! + e);
  return { columns, y };
}

function fitOf(columns: readonly Column[], y: Float64Array, weights?: Float64Array) {
  const { matrix, names } = designOf(y.length, columns);
  return leastSquares(matrix, names, y, weights);
}

describe('least squares', () => {
  test('an exact line is found and leaves nothing', () => {
    const x = Float64Array.of(1, 2, 3, 4);
    const fit = fitOf(
      [{ name: 'x', values: x }],
      x.map((v) => 3 - 2 * v),
    );
    assertClose([...fit.coefficients], [3, -2], 'coefficients', 1e-14);
    assert.ok(fit.rss < 1e-27);
    assert.equal(fit.dfResidual, 2);
  });

  test('residuals are orthogonal to every column and leverages add up to k', () => {
    const { columns, y } = world();
    const fit = fitOf(columns, y);
    for (const { values } of columns) {
      assert.ok(Math.abs(values.reduce((sum, value, i) => sum + value * fit.residuals[i]!, 0)) < 1e-13);
    }
    assertClose(
      fit.leverage().reduce((sum, h) => sum + h, 0),
      4,
      'trace of the hat matrix',
      1e-12,
    );
    assertClose([...predict(fit, fit.design)], [...fit.fitted], 'prediction', 1e-14);
  });

  test('powers of a large number keep ten digits: y = 1 + x + x² with x around 50,000', () => {
    const x = Float64Array.from({ length: 40 }, (_, i) => 50_000 + 317 * i);
    const y = x.map((v) => 1 + v + v * v);
    const columns = [
      { name: 'x', values: x },
      { name: 'x²', values: x.map((v) => v * v) },
    ];
    assertClose([...fitOf(columns, y).coefficients].slice(1), [1, 1], 'slopes', 1e-8);
  });

  test('whole weights equal repeated rows, and rows of weight zero do not count', () => {
    const { columns, y } = world(30);
    const weights = Float64Array.from(y, (_, i) => i % 3);
    const rows = [...y.keys()].flatMap((i) => Array.from({ length: i % 3 }, () => i));
    const repeated = columns.map((c) => ({ name: c.name, values: Float64Array.from(rows, (i) => c.values[i]!) }));
    const weighted = fitOf(columns, y, weights);
    const plain = fitOf(
      repeated,
      Float64Array.from(rows, (i) => y[i]!),
    );
    assertClose([...weighted.coefficients], [...plain.coefficients], 'coefficients', 1e-11);
    assertClose([...weighted.bread.data], [...plain.bread.data], 'bread', 1e-10);
    assert.equal(weighted.n, 20);
    assert.equal(weighted.dfResidual, 16);
  });

  test('a negative weight is refused with its value', () => {
    const { columns, y } = world(10);
    assert.throws(() => fitOf(columns, y, new Float64Array(10).fill(-2)), /must not be negative; one is -2/);
  });

  test('collinear columns are named with what they are made of', () => {
    const { columns, y } = world();
    const mix = columns[0]!.values.map((value, i) => value - 4 * columns[2]!.values[i]! + 7);
    assert.throws(
      () => fitOf([...columns, { name: 'mix', values: mix }], y),
      /collinear columns: 'mix' is a linear combination of '\(Intercept\)', 'a', 'c'$/,
    );
    assert.throws(() => fitOf([{ name: 'nil', values: new Float64Array(60) }], y), /'nil' is zero in every row used/);
  });

  test('more columns than rows are counted in the message', () => {
    const { columns, y } = world(3);
    assert.throws(() => fitOf(columns, y), /more columns \(4, the constant included\) than rows \(3\)/);
  });

  test('values whose squares overflow are named', () => {
    const { columns, y } = world(10);
    const huge = { name: 'huge', values: noise(10, 'h').map((v) => v * 1e300) };
    assert.throws(() => fitOf([...columns, huge], y), /values too large to be squared, at the first in 'huge'/);
  });
});

describe('covariance', () => {
  test('one cluster per row is HC0, times the correction of its name', () => {
    const { columns, y } = world();
    const fit = fitOf(columns, y);
    const rows = codes('row', [...y.keys()]);
    const error = (smallSample: 'none' | 'groups' | 'full') =>
      standardErrors(covariance(fit, { kind: 'cluster', clusters: [rows], smallSample }, none).matrix)[1]!;
    const hc0 = standardErrors(covariance(fit, { kind: 'HC0' }, none).matrix)[1]!;
    const hc1 = standardErrors(covariance(fit, { kind: 'HC1' }, none).matrix)[1]!;
    assertClose(error('none'), hc0, 'none', 1e-12);
    assertClose(error('groups'), hc0 * Math.sqrt(60 / 59), 'groups', 1e-12);
    assertClose(error('full'), hc1, 'full', 1e-12);
  });

  test('two equal cluster columns are one', () => {
    const { columns, y } = world();
    const fit = fitOf(columns, y);
    const groups = codes(
      'g',
      [...y.keys()].map((i) => i % 9),
    );
    const once = covariance(fit, { kind: 'cluster', clusters: [groups], smallSample: 'full' }, none);
    const twice = covariance(fit, { kind: 'cluster', clusters: [groups, groups], smallSample: 'full' }, none);
    assertClose([...twice.matrix.data], [...once.matrix.data], 'covariance', 1e-9);
    assert.equal(twice.df, 8);
  });

  test('a single cluster is refused by name', () => {
    const { columns, y } = world();
    const one = codes('town', new Array(60).fill('x'));
    assert.throws(
      () => covariance(fitOf(columns, y), { kind: 'cluster', clusters: [one], smallSample: 'full' }, none),
      /'town' has a single cluster/,
    );
  });

  test('a row of leverage one costs the error of its own dummy only', () => {
    const { columns, y } = world();
    const own = { name: 'own', values: Float64Array.from(y, (_, i) => (i === 7 ? 1 : 0)) };
    const without = columns.map((c) => ({ name: c.name, values: c.values.filter((_, i) => i !== 7) }));
    const { matrix, warnings } = covariance(fitOf([...columns, own], y), { kind: 'HC2' }, none);
    const rest = covariance(
      fitOf(
        without,
        y.filter((_, i) => i !== 7),
      ),
      { kind: 'HC2' },
      none,
    );
    assertClose([...standardErrors(matrix)].slice(0, 4), [...standardErrors(rest.matrix)], 'errors', 1e-10);
    assert.ok(Number.isNaN(standardErrors(matrix)[4]));
    assert.match(warnings.join(), /one row has leverage one: HC2 errors/);
  });

  test('a perfect fit is said to be one', () => {
    const { columns } = world();
    const y = columns[0]!.values.map((v) => 2 * v);
    assert.match(covariance(fitOf(columns, y), { kind: 'classical' }, none).warnings.join(), /fits perfectly/);
  });

  test('as many columns as rows leave no error to estimate', () => {
    const { columns, y } = world(4);
    assert.throws(() => covariance(fitOf(columns, y), { kind: 'classical' }, none), /no residual degrees of freedom/);
  });
});
