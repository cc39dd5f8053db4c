import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { samples } from '../../../src/datasets/samples/index.ts';
import type { Sample } from '../../../src/datasets/samples/sample.ts';
import { toCsv } from '../../../src/datasets/samples/to-csv.ts';
import { leastSquares } from './least-squares.ts';

const byId = (id: string): Sample => samples().find((sample) => sample.id === id)!;

function numbers(sample: Sample, name: string): number[] {
  const column = sample.columns.find((each) => each.name === name);
  assert.ok(column !== undefined && column.type !== 'text', name);
  return [...column.values];
}

function dummies(sample: Sample, name: string): number[][] {
  const column = sample.columns.find((each) => each.name === name)!;
  const values = [...column.values];
  return [...new Set(values)].slice(1).map((level) => values.map((value) => (value === level ? 1 : 0)));
}

const ones = (like: readonly unknown[]): number[] => like.map(() => 1);

function near(estimate: number, truth: number, se: number): void {
  assert.ok(Math.abs(estimate - truth) < 1.645 * se, `${estimate} ± ${se} is not about ${truth}`);
}

describe('the sample data sets', () => {
  it('are the same bytes whenever they are made', () => {
    assert.deepEqual(samples().map(toCsv), samples().map(toCsv));
  });

  it('name columns that exist in their mappings, and no column twice', () => {
    for (const { id, mapping, columns } of samples()) {
      const names = columns.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length, id);
      for (const column of Object.values(mapping).flat()) {
        if (typeof column === 'string') assert.ok(names.includes(column), `${id}: ${column}`);
      }
    }
  });

  it('have columns of one length each', () => {
    for (const { id, columns } of samples()) {
      assert.equal(new Set(columns.map(({ values }) => values.length)).size, 1, id);
    }
  });

  it('are complete, all but mini_retail', () => {
    for (const sample of samples()) {
      const missing = sample.columns.some((column) =>
        column.type === 'text' ? column.values.includes(null) : column.values.some(Number.isNaN),
      );
      assert.equal(missing, sample.id === 'mini_retail', sample.id);
    }
  });
});

describe('the truth that a sample documents', () => {
  it('test: adjusted for the covariates the effect is 2, unadjusted it is not', () => {
    const sample = byId('test');
    const [y, w] = [numbers(sample, 'y'), numbers(sample, 'w')];
    const covariates = [...['age', 'income', 'score'].map((name) => numbers(sample, name)), ...dummies(sample, 'region')];
    const adjusted = leastSquares([ones(y), w, ...covariates], y);
    near(adjusted.beta[1]!, sample.truth, adjusted.se[1]!);
    const naive = leastSquares([ones(y), w], y);
    assert.ok(naive.beta[1]! - sample.truth > 1.96 * naive.se[1]!);
  });

  it('trial: the plain difference in means is the effect', () => {
    const sample = byId('trial');
    const y = numbers(sample, 'y');
    const { beta, se } = leastSquares([ones(y), numbers(sample, 'treated')], y);
    near(beta[1]!, sample.truth, se[1]!);
  });

  it('panel: two-way fixed effects find 2, the 2×2 comparison finds 1.5', () => {
    const sample = byId('panel');
    const y = numbers(sample, 'y');
    const [group, post] = [numbers(sample, 'ever_treated'), numbers(sample, 'post')];
    const fixed = [...dummies(sample, 'time'), ...dummies(sample, 'id')];
    const twoWay = leastSquares([ones(y), numbers(sample, 'treated'), ...fixed], y);
    near(twoWay.beta[1]!, sample.truth, twoWay.se[1]!);
    const did = leastSquares([ones(y), group.map((g, i) => g * post[i]!), group, post], y);
    near(did.beta[1]!, 1.5, did.se[1]!);
  });

  it('mini_retail: two-way fixed effects find 12 where sales are known', () => {
    const sample = byId('mini_retail');
    const y = numbers(sample, '売上');
    const known = y.map((value) => !Number.isNaN(value) && value < 200);
    const kept = <T>(values: readonly T[]): T[] => values.filter((_, i) => known[i]);
    const columns = [ones(y), numbers(sample, 'キャンペーン'), ...dummies(sample, '週'), ...dummies(sample, '店舗ID')];
    const { beta, se } = leastSquares(columns.map(kept), kept(y));
    near(beta[1]!, sample.truth, se[1]!);
  });

  it('cutoff: a cubic on the score finds a jump of 4', () => {
    const sample = byId('cutoff');
    const y = numbers(sample, 'y');
    const s = numbers(sample, 'score').map((score) => (score - 50) / 50);
    const powers = [1, 2, 3].map((power) => s.map((value) => value ** power));
    const { beta, se } = leastSquares([ones(y), numbers(sample, 'passed'), ...powers], y);
    near(beta[1]!, sample.truth, se[1]!);
  });

  it('instrument: two-stage least squares finds 2.5, least squares is far above', () => {
    const sample = byId('instrument');
    const [y, d] = [numbers(sample, 'y'), numbers(sample, 'd')];
    const exogenous = [ones(y), numbers(sample, 'x1'), numbers(sample, 'x2')];
    const instruments = [...exogenous, numbers(sample, 'lottery'), numbers(sample, 'distance')];
    const first = leastSquares(instruments, d).beta;
    const fitted = d.map((_, i) => instruments.reduce((sum, column, j) => sum + column[i]! * first[j]!, 0));
    const second = leastSquares([fitted, ...exogenous], y);
    near(second.beta[0]!, sample.truth, second.se[0]!);
    const naive = leastSquares([d, ...exogenous], y);
    assert.ok(naive.beta[0]! > 3);
  });
});
