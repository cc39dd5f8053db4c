/** Expected values: mpmath 1.3.0 with 40 digits, rounded to 64 bits. Tolerance 1e-12 relative, also far into the tails. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { chiSquaredCdf, chiSquaredQuantile, chiSquaredSurvival } from '../../src/distributions/chi_squared.ts';
import { fisherCdf, fisherQuantile, fisherSurvival } from '../../src/distributions/fisher_f.ts';
import { normalCdf, normalQuantile, normalSurvival, normalUpperQuantile } from '../../src/distributions/normal.ts';
import { studentCdf, studentQuantile, studentSurvival, studentUpperQuantile } from '../../src/distributions/student_t.ts';
import { assertClose } from '../support/reference.ts';

const TOLERANCE = 1e-12;

function close(actual: number, expected: number, what: string, tolerance = TOLERANCE): void {
  assertClose(actual, expected, what, tolerance);
}

describe('distributions agree with 40-digit arithmetic', () => {
  test('normal tail', () => {
    const rows = [
      [0.1, 0.460172162722971],
      [1, 0.15865525393145705],
      [1.96, 0.024997895148220435],
      [3, 0.0013498980316300946],
      [8, 6.220960574271784e-16],
      [20, 2.7536241186062337e-89],
    ] as const;
    for (const [x, tail] of rows) close(normalSurvival(x), tail, `P(Z > ${x})`);
    // exp(−684) itself is only good to 684 times the rounding unit
    close(normalSurvival(37), 5.725571222524577e-300, 'P(Z > 37)', 1e-11);
  });

  test('normal quantiles', () => {
    close(normalUpperQuantile(0.025), 1.9599639845400543, '2.5 %');
    close(normalUpperQuantile(5e-7), 4.89163847569859, '5e-7');
    close(normalUpperQuantile(0.4), 0.2533471031357998, '40 %');
    assert.equal(normalQuantile(0.5), 0);
  });

  test('Student tail, from half a degree of freedom to a million', () => {
    const rows = [
      [0.3, 0.5, 0.4224295760652454],
      [2, 3.7, 0.060908600952617006],
      [2, 30, 0.02731252248149155],
      [5, 783, 3.539464594531787e-7],
      [1.5, 1e5, 0.0668087797614153],
      [40, 2, 0.0003122073360923703],
      [6, 1e6, 9.869249061772174e-10],
    ] as const;
    for (const [x, df, tail] of rows) close(studentSurvival(x, df), tail, `P(T > ${x}), ${df}`);
  });

  test('Student quantiles', () => {
    close(studentUpperQuantile(0.025, 1.5), 6.0166631044279315, '1.5');
    close(studentUpperQuantile(0.025, 307.132494497), 1.9677179287270465, '307.13');
    close(studentUpperQuantile(5e-7, 10), 10.516489956914905, '10');
    close(studentUpperQuantile(0.25, 4), 0.7406970841126826, '4');
  });

  test('chi-squared tail', () => {
    const rows = [
      [0.5, 1, 0.4795001221869535],
      [3, 2.5, 0.3058496294458179],
      [120, 100, 0.08440668109369183],
      [40, 3, 1.0655090334255861e-8],
      [10500, 10000, 0.00024794736798936087],
    ] as const;
    for (const [x, df, tail] of rows) close(chiSquaredSurvival(x, df), tail, `P(X > ${x}), ${df}`);
  });

  test('F tail', () => {
    const rows = [
      [0.2, 1, 3, 0.6850376424742926],
      [3.5, 2, 40, 0.03974135475714912],
      [55.4, 2, 423, 4.269925137614146e-22],
      [1.1, 50, 5000, 0.29224006465902547],
    ] as const;
    for (const [f, a, b, tail] of rows) close(fisherSurvival(f, a, b), tail, `P(F > ${f}), ${a}, ${b}`);
  });
});

describe('distributions are consistent', () => {
  const probability = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
  const freedom = fc.double({ min: 0.5, max: 1e5, noNaN: true });

  test('a quantile gives its probability back', () => {
    fc.assert(
      fc.property(probability, freedom, freedom, (p, a, b) => {
        close(normalCdf(normalQuantile(p)), p, 'normal', 1e-11);
        close(studentCdf(studentQuantile(p, a), a), p, `t ${a}`, 1e-10);
        close(chiSquaredCdf(chiSquaredQuantile(p, a), a), p, `chi2 ${a}`, 1e-9);
        close(fisherCdf(fisherQuantile(p, a, b), a, b), p, `F ${a} ${b}`, 1e-9);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('the square of t is F with one degree of freedom, the square of z is chi-squared', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 6, noNaN: true }), freedom, (x, df) => {
        close(2 * studentSurvival(x, df), fisherSurvival(x * x, 1, df), `t ${x}`, 1e-10);
        close(2 * normalSurvival(x), chiSquaredSurvival(x * x, 1), `z ${x}`, 1e-11);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('a probability outside (0, 1) is refused with its value', () => {
    assert.throws(() => normalUpperQuantile(0), /got 0/);
    assert.throws(() => studentUpperQuantile(1, 3), /got 1/);
    assert.throws(() => studentSurvival(1, 0), /degrees of freedom must be positive; got 0/);
  });
});
