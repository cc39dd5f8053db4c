import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Role } from '@penstock/contracts';
import type { LoadedColumn } from '@penstock/store';
import { InvalidData } from '../../../src/analysis/prepare/invalid-data.ts';
import { prepare } from '../../../src/analysis/prepare/prepare.ts';

const numbers = (name: string, ...values: (number | null)[]): LoadedColumn => ({
  name,
  type: 'number',
  values: Float64Array.from(values, (value) => value ?? Number.NaN),
});
const booleans = (name: string, ...values: number[]): LoadedColumn => ({
  name,
  type: 'boolean',
  values: Float64Array.from(values),
});
const texts = (name: string, ...values: (string | null)[]): LoadedColumn => {
  const levels = [...new Set(values.filter((value) => value !== null))].sort();
  return { name, type: 'text', levels, codes: Int32Array.from(values, (value) => (value === null ? -1 : levels.indexOf(value))) };
};

const y = numbers('y', 1, 2, 3, 4, 5, 6);
const w = numbers('w', 0, 1, 0, 1, 0, 1);

const ROOMY = { megabytes: 1024, interactions: true };

function prepared(columns: readonly LoadedColumn[], roles: Partial<Record<Role, string[]>> = {}, limit = ROOMY) {
  const all = new Map<Role, readonly string[]>(Object.entries({ y: ['y'], treatment: ['w'], covariates: [], ...roles }) as never);
  const [first] = columns;
  return prepare(first !== undefined && 'values' in first ? first.values.length : 0, columns, all, limit);
}

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof InvalidData, String(error));
    return error.message;
  }
  throw new Error('nothing was refused');
};

describe('the treatment', () => {
  it('of two numbers is recoded, the larger being treated, and noted unless it was 0 and 1 already', () => {
    const { input, notes } = prepared([y, numbers('w', 7, 3, 7, 3, 3, 7)]);
    assert.deepEqual(input.treatment, {
      kind: 'binary',
      name: 'w',
      values: Float64Array.of(1, 0, 1, 0, 0, 1),
      levels: ['3', '7'],
    });
    assert.deepEqual(notes, ["Treatment w: '7' is treated (1), '3' is control (0)"]);
    assert.deepEqual(prepared([y, w]).notes, []);
  });

  it('of two texts or booleans is recoded in sorted order', () => {
    const text = prepared([y, texts('w', 'drug', 'placebo', 'drug', 'placebo', 'drug', 'drug')]).input.treatment;
    assert.deepEqual([...text.values], [0, 1, 0, 1, 0, 0]);
    const flag = prepared([y, booleans('w', 1, 0, 1, 0, 1, 0)]).input.treatment;
    assert.deepEqual(flag.kind === 'binary' && flag.levels, ['false', 'true']);
    assert.deepEqual([...flag.values], [1, 0, 1, 0, 1, 0]);
  });

  it('of more than two numbers is continuous, of more than two texts refused', () => {
    assert.equal(prepared([y, numbers('w', 1, 2, 3, 1, 2, 3)]).input.treatment.kind, 'continuous');
    assert.match(
      refusal(() => prepared([y, texts('w', 'a', 'b', 'c', 'a', 'b', 'c')])),
      /text with 3 levels: 'a', 'b', 'c'/,
    );
  });

  it('needs two levels in the rows that are left', () => {
    assert.match(
      refusal(() => prepared([numbers('y', 1, null, 3, null, 5, null), w])),
      /one level, '0', in the rows used/,
    );
  });
});

describe('complete cases', () => {
  it('leave out rows with a missing value in any column used, and count them', () => {
    const { input, notes } = prepared([numbers('y', 1, null, 3, 4, 5, 6), w, texts('g', 'a', 'b', 'b', null, 'a', 'b')], {
      covariates: ['g'],
    });
    assert.equal(input.n, 4);
    assert.deepEqual([...input.y.values], [1, 3, 5, 6]);
    assert.equal(notes[0], '2 of 6 rows left out because of missing values: y (1), g (1)');
  });

  it('refuse a data set of which no row is left', () => {
    assert.match(
      refusal(() => prepared([numbers('y', null, null), numbers('w', 0, 1)])),
      /no row has a value in all the columns used; missing: y \(2\)/,
    );
  });
});

describe('covariates', () => {
  it('of text become dummies without the first level; balance is shown for every level', () => {
    const { input, notes } = prepared([y, w, texts('g', 'b', 'a', 'c', 'a', 'b', 'c')], { covariates: ['g'] });
    assert.deepEqual(
      input.covariates.map(({ name }) => name),
      ['g=b', 'g=c'],
    );
    assert.deepEqual(
      input.balanceColumns.map(({ name }) => name),
      ['g=a', 'g=b', 'g=c'],
    );
    assert.deepEqual([...(input.covariates[0]?.values ?? [])], [1, 0, 0, 0, 1, 0]);
    assert.deepEqual(notes, ["g became 2 dummies; its first level, 'a', is the reference"]);
  });

  it('with one value in the rows used are left out, with a note', () => {
    const { input, notes } = prepared([numbers('y', 1, 2, 3, 4, 5, null), w, numbers('x', 1, 1, 1, 1, 1, 2)], {
      covariates: ['x'],
    });
    assert.equal(input.covariates.length, 0);
    assert.ok(notes.includes('Not a covariate: x (one value in the rows used)'));
  });

  it('must be fewer than the rows', () => {
    const many = Array.from({ length: 4 }, (_, i) => numbers(`x${i}`, 1, 2, 3, 4, 5, i));
    assert.match(
      refusal(() => prepared([y, w, ...many], { covariates: many.map(({ name }) => name) })),
      /4 columns of covariates \(dummies counted\) are too many for 6 rows/,
    );
  });

  it('must have squares that a double can hold', () => {
    assert.match(
      refusal(() => prepared([numbers('y', 1, 2, 3, 4, 5, 1e200), w])),
      /'y' has the value 1e\+200/,
    );
  });
});

describe('other roles', () => {
  it('become groups with levels in numeric order', () => {
    const { input } = prepared([y, w, numbers('t', 10, 9, 10, 9, 100, 9)], { time: ['t'], cluster: ['t'] });
    assert.deepEqual(input.time?.levels, ['9', '10', '100']);
    assert.deepEqual([...(input.clusters[0]?.codes ?? [])], [1, 0, 1, 0, 2, 0]);
    assert.deepEqual([...input.mappedRoles].sort(), ['cluster', 'time', 'treatment', 'y']);
  });

  it('refuse negative weights, all-zero weights, a constant outcome and a constant instrument', () => {
    assert.match(
      refusal(() => prepared([y, w, numbers('s', 1, 1, 1, -1, 1, 1)], { weight: ['s'] })),
      /negative value -1/,
    );
    assert.match(
      refusal(() => prepared([y, w, numbers('s', 0, 0, 0, 0, 0, 0)], { weight: ['s'] })),
      /every weight in 's' is zero/,
    );
    assert.match(
      refusal(() => prepared([numbers('y', 2, 2, 2, 2, 2, 2), w])),
      /the outcome 'y' has one value, 2/,
    );
    assert.match(
      refusal(() => prepared([numbers('y', 1, 2, 3, 4, 5, null), w, numbers('z', 1, 1, 1, 1, 1, 2)], { instruments: ['z'] })),
      /the instrument 'z' has one value/,
    );
  });
});

describe('the memory of the design', () => {
  const rows = 64 * 1024;
  const column = (name: string, of: (i: number) => number): LoadedColumn =>
    numbers(name, ...Array.from({ length: rows }, (_, i) => of(i)));
  const outcome = column('y', (i) => i);
  const binary = column('w', (i) => i % 2);
  const covariate = column('x', (i) => i % 7);
  // Half a megabyte for each column: constant, treatment, x and 16 dummies, and 17 products.
  const group = texts('g', ...Array.from({ length: rows }, (_, i) => `level ${i % 17}`));
  const with16 = (megabytes: number, interactions: boolean, treatment = binary) =>
    prepared([outcome, treatment, covariate, group], { covariates: ['g', 'x'] }, { megabytes, interactions });

  it('is bounded before anything of its size is built, dummies counted and interactions doubled', () => {
    assert.equal(with16(18, true).input.covariates.length, 17);
    assert.match(
      refusal(() => with16(17.9, true)),
      /17 covariates \(dummies counted\) and their products with the treatment is too large: 65536 rows by 36 columns, 18 MB of the 17.9 MB/,
    );
  });

  it('counts products only where they are asked for and the treatment is binary', () => {
    const dose = column('w', (i) => i % 5);
    for (const [interactions, treatment] of [
      [false, binary],
      [true, dose],
    ] as const) {
      assert.equal(with16(9.5, interactions, treatment).input.n, rows);
      assert.match(
        refusal(() => with16(9.4, interactions, treatment)),
        /by 19 columns, 10 MB/,
      );
    }
  });
});
