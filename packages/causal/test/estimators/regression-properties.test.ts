/** What must not change an estimate, and what must change it in a known way. Tolerance: rounding of two orders of summation. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { takeInputRows } from '../../src/bootstrap/resample.ts';
import { did2x2 } from '../../src/estimators/did_2x2.ts';
import { differenceInMeans } from '../../src/estimators/difference_in_means.ts';
import { gComputation } from '../../src/estimators/g_computation.ts';
import { iv2sls } from '../../src/estimators/iv_2sls.ts';
import { lin } from '../../src/estimators/lin.ts';
import { ols } from '../../src/estimators/ols.ts';
import type { AnalysisInput, Column, Estimator } from '../../src/types.ts';
import { binaryInput, CONTEXT, codes, OPTIONS } from '../support/input.ts';
import { assertClose } from '../support/reference.ts';

const estimators: readonly Estimator[] = [differenceInMeans, ols, lin, gComputation, iv2sls, did2x2];
const covariances = ['classical', 'HC0', 'HC1', 'HC2', 'HC3', 'HC4', 'cluster'] as const;
const TOLERANCE = 1e-8;

const entry = fc.double({ min: -10, max: 10, noNaN: true });
const sample = fc
  .record({
    rows: fc.array(fc.tuple(entry, entry, entry, fc.boolean(), fc.boolean()), { minLength: 30, maxLength: 60 }),
    covariance: fc.constantFrom(...covariances),
  })
  .map(({ rows, covariance }) => ({ input: inputOf(rows), options: { ...OPTIONS, covariance } }));

/** Cycling offsets keep groups, periods and columns apart whatever fast-check shrinks the numbers to. */
function inputOf(rows: readonly (readonly [number, number, number, boolean, boolean])[]): AnalysisInput {
  const treatment = rows.map(([, , , flag], i) => (i < 8 ? i % 2 : Number(flag)));
  const a = rows.map(([value], i) => value + ((i * 7) % 5));
  const b = rows.map(([, value], i) => value + ((i * 3) % 11));
  const y = rows.map(([, , value], i) => value + a[i]! - 2 * treatment[i]! + ((i * 5) % 3));
  const period = rows.map(([, , , , flag], i) => (i < 8 ? Math.floor(i / 2) % 2 : Number(flag)));
  return binaryInput({
    y,
    treatment,
    covariates: [
      ['a', a],
      ['b', b],
    ],
    more: {
      instruments: [{ name: 'z', values: Float64Array.from(rows, (_, i) => treatment[i]! * 3 + ((i * 13) % 7)) }],
      clusters: [
        codes(
          'town',
          rows.map((_, i) => i % 6),
        ),
      ],
      time: codes('period', period),
    },
  });
}

function each(check: (estimator: Estimator, input: AnalysisInput, options: typeof OPTIONS) => void): void {
  fc.assert(
    fc.property(sample, ({ input, options }) => {
      for (const estimator of estimators) check(estimator, input, options);
    }),
    { seed: 7, numRuns: 40 },
  );
}

function numbers(estimator: Estimator, input: AnalysisInput, options: typeof OPTIONS) {
  const { estimate, stdError, ciLower, ciUpper } = estimator.estimate(input, options, CONTEXT);
  return { estimate, all: [estimate, stdError!, ciLower!, ciUpper!] };
}

/** Close relative to the size of the interval: an estimate near zero has no relative precision of its own. */
function same(actual: readonly number[], expected: readonly number[], what: string): void {
  const scale = Math.max(...expected.map(Math.abs));
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= TOLERANCE * scale, `${what}[${i}]: ${value} instead of ${expected[i]}`);
  });
}

function changed(columns: readonly Column[], name: string, change: (value: number) => number): Column[] {
  return columns.map((column) => (column.name === name ? { name, values: column.values.map(change) } : column));
}

describe('regression estimators', () => {
  test('do not depend on the order of the rows', () => {
    each((estimator, input, options) => {
      const order = Int32Array.from({ length: input.n }, (_, i) => (i * 7 + 3) % input.n);
      const unique = new Set(order).size === input.n ? order : order.map((_, i) => input.n - 1 - i);
      const shuffled = takeInputRows(input, unique, unique);
      same(numbers(estimator, shuffled, options).all, numbers(estimator, input, options).all, estimator.name);
    });
  });

  test('do not depend on the scale or the origin of a covariate', () => {
    each((estimator, input, options) => {
      const covariates = changed(input.covariates, 'a', (value) => 1e6 * value - 40);
      same(numbers(estimator, { ...input, covariates }, options).all, numbers(estimator, input, options).all, estimator.name);
    });
  });

  test('scale with the outcome and ignore its origin', () => {
    each((estimator, input, options) => {
      const y = { name: 'y', values: input.y.values.map((value) => 4 * value + 100) };
      const expected = numbers(estimator, input, options).all.map((value) => 4 * value);
      same(numbers(estimator, { ...input, y }, options).all, expected, estimator.name);
    });
  });

  test('change sign, and nothing else, when the two treatments swap names', () => {
    each((estimator, input, options) => {
      const treatment = {
        ...input.treatment,
        values: input.treatment.values.map((value) => 1 - value),
      } as AnalysisInput['treatment'];
      const [estimate, error, lower, upper] = numbers(estimator, input, options).all;
      const expected = [-estimate!, error!, -upper!, -lower!];
      same(numbers(estimator, { ...input, treatment }, options).all, expected, estimator.name);
    });
  });

  test('an added column that is orthogonal to everything moves no estimate', () => {
    each((estimator, input, options) => {
      const doubled = takeInputRows(
        input,
        Int32Array.from({ length: 2 * input.n }, (_, i) => i % input.n),
        Int32Array.from({ length: 2 * input.n }, (_, i) => i),
      );
      const sign = { name: 'sign', values: Float64Array.from({ length: doubled.n }, (_, i) => (i < input.n ? 1 : -1)) };
      const more = { ...doubled, covariates: [...doubled.covariates, sign] };
      const [without, added] = [numbers(estimator, doubled, options), numbers(estimator, more, options)];
      same([added.estimate], [without.estimate], estimator.name);
    });
  });

  test('duplicated rows leave the estimate and shrink an HC0 error by the square root of two', () => {
    each((estimator, input) => {
      if (estimator === differenceInMeans) return;
      const options = { ...OPTIONS, covariance: 'HC0' as const };
      const twice = Int32Array.from({ length: 2 * input.n }, (_, i) => i % input.n);
      const [once, doubled] = [
        numbers(estimator, input, options),
        numbers(estimator, takeInputRows(input, twice, twice), options),
      ];
      same([doubled.estimate, doubled.all[1]!], [once.estimate, once.all[1]! / Math.SQRT2], estimator.name);
    });
  });
});

describe('weights', () => {
  test('equal weights of any size change nothing', () => {
    each((estimator, input, options) => {
      if (estimator === differenceInMeans) return;
      const weight = { name: 'weight', values: new Float64Array(input.n).fill(2.5) };
      same(numbers(estimator, { ...input, weight }, options).all, numbers(estimator, input, options).all, estimator.name);
    });
  });

  test('whole weights give the estimate of repeated rows', () => {
    each((estimator, input, options) => {
      if (estimator === differenceInMeans) return;
      const weight = { name: 'weight', values: Float64Array.from({ length: input.n }, (_, i) => (i % 3) + 1) };
      const rows = Int32Array.from([...input.y.values.keys()].flatMap((i) => Array.from({ length: (i % 3) + 1 }, () => i)));
      const repeated = takeInputRows(input, rows, rows);
      same(
        [numbers(estimator, { ...input, weight }, options).estimate],
        [numbers(estimator, repeated, options).estimate],
        estimator.name,
      );
    });
  });
});

test('a treatment given in other units divides the coefficient', () => {
  const input = inputOf(Array.from({ length: 40 }, (_, i) => [i % 9, (i * i) % 7, (i * 5) % 13, i % 3 === 0, i % 4 === 0]));
  const values = input.instruments[0]!.values;
  const continuous = (factor: number): AnalysisInput => ({
    ...input,
    treatment: { kind: 'continuous', name: 'dose', values: values.map((value) => factor * value) },
  });
  const [one, thousand] = [1, 1000].map((factor) => ols.estimate(continuous(factor), OPTIONS, CONTEXT));
  assertClose([thousand!.estimate, thousand!.stdError], [one!.estimate / 1000, one!.stdError! / 1000], 'per unit', 1e-10);
  assertClose(thousand!.pValue, one!.pValue, 'p', 1e-8);
});
