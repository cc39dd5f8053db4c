import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AnalysisRequest, type ColumnSummary, type Dataset, ProblemError } from '@penstock/contracts';
import { readRequest } from '../../../src/analysis/request/read-request.ts';
import { resolveAnalysis } from '../../../src/analysis/request/resolve.ts';

const column = (name: string, type: string, distinct = 10, missing = 0): ColumnSummary =>
  ({ name, type, distinct, missing, min: null, max: null, mean: null }) as ColumnSummary;

const dataset = {
  id: 'd',
  rows: 100,
  sha256: 'abc',
  suggested_roles: [{ role: 'unit_id', column: 'id', because: '' }],
  columns: [
    column('id', 'number', 100),
    column('y', 'number', 90),
    column('w', 'number', 2),
    column('b', 'number'),
    column('a', 'text', 3),
    column('firm', 'text', 80),
    column('day', 'timestamp', 50),
    column('one', 'number', 1),
    column('empty', 'number', 0, 100),
    column('yes', 'boolean', 2),
  ],
} as unknown as Dataset;

const resolve = (mapping: unknown, options?: unknown, data = dataset) =>
  resolveAnalysis(
    readRequest({ dataset_id: 'd', mapping, ...(options !== undefined && { options }) }) as AnalysisRequest,
    data,
    '1',
  );

const problem = (run: () => unknown): ProblemError => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof ProblemError);
    return error;
  }
  throw new Error('nothing was refused');
};

describe('the identity of an analysis', () => {
  const plain = resolve({ y: 'y', treatment: 'w', unit_id: 'id', cluster: ['firm', 'day'] });

  it('does not depend on how the request is written', () => {
    const same = [
      resolve({ cluster: ['day', 'firm'], unit_id: ['id'], treatment: ['w'], y: ['y'] }),
      resolve([
        { role: 'cluster', column: 'day' },
        { role: 'cluster', column: 'firm' },
        { role: 'y', column: 'y' },
        { role: 'unit_id', column: 'id' },
        { role: 'treatment', column: 'w' },
      ]),
      resolve({
        y: 'y',
        treatment: 'w',
        unit_id: 'id',
        cluster: ['firm', 'day'],
        covariates: ['b', 'yes', 'a'],
        instruments: [],
      }),
      resolve(
        { y: 'y', treatment: 'w', unit_id: 'id', cluster: ['firm', 'day'] },
        { alpha: 0.05, seed: 1, covariance: 'cluster', bootstrap: 0, figures: true, outcome_interactions: ['a', 'b', 'yes'] },
      ),
    ];
    for (const each of same) {
      assert.equal(each.id, plain.id);
      assert.deepEqual(each.notes, plain.notes);
    }
  });

  it('depends on data, roles, options and engine version', () => {
    const others = [
      resolve({ y: 'y', treatment: 'w', unit_id: 'id', cluster: ['firm'] }),
      resolve({ y: 'y', treatment: 'w', unit_id: 'id', cluster: ['firm', 'day'] }, { seed: 2 }),
      resolve({ y: 'y', treatment: 'w', unit_id: 'id', cluster: ['firm', 'day'] }, undefined, { ...dataset, sha256: 'def' }),
      resolve({ y: 'y', treatment: 'w', unit_id: 'id', cluster: ['firm', 'day'], cutoff: 3 }),
      resolve({ y: 'y', treatment: 'w', unit_id: 'id', cluster: ['firm', 'day'], covariates: [] }),
    ].map(({ id }) => id);
    assert.equal(new Set([...others, plain.id]).size, others.length + 1);
  });

  it('does not depend on the id of the data set', () => {
    assert.equal(
      resolve({ y: 'y', treatment: 'w' }, undefined, { ...dataset, id: 'e' }).id,
      resolve({ y: 'y', treatment: 'w' }).id,
    );
  });
});

describe('default covariates', () => {
  it('are every usable column, sorted, with the reasons against the others', () => {
    const { roles, notes } = resolve({ y: 'y', treatment: 'w' });
    assert.deepEqual(roles.get('covariates'), ['a', 'b', 'yes']);
    assert.deepEqual(notes, [
      'Covariates: every usable column without another role: a, b, yes',
      'Not a covariate: id (it looks like the identifier of the units)',
      'Not a covariate: firm (text with 80 levels, more than 50)',
      'Not a covariate: day (a timestamp)',
      'Not a covariate: one (constant)',
      'Not a covariate: empty (every value is missing)',
      "No column has the role 'unit_id': every row counts as a unit of its own",
    ]);
  });

  it('are none when an empty list is given', () => {
    assert.deepEqual(resolve({ y: 'y', treatment: 'w', covariates: [] }).roles.get('covariates'), []);
  });

  it('leave out columns with a role that no estimator of this version uses, and say so', () => {
    const { roles, notes } = resolve({ y: 'y', treatment: 'w', dose: 'b', cutoff: 2 });
    assert.deepEqual(roles.get('covariates'), ['a', 'yes']);
    assert.ok(notes.includes("No estimator of this version uses the role 'dose'"));
    assert.ok(notes.includes("No estimator of this version uses the role 'cutoff'"));
  });
});

describe('what does not fit the data set', () => {
  const refused: readonly (readonly [string, unknown, unknown, RegExp])[] = [
    ['an unknown column, with the nearest', { y: 'y', treatment: 'W1' }, undefined, /no column 'W1'; nearest: 'w'/],
    ['a text outcome', { y: 'a', treatment: 'w' }, undefined, /'a' is text; the role 'y' needs numbers/],
    ['a timestamp treatment', { y: 'y', treatment: 'day' }, undefined, /holds timestamps/],
    ['a timestamp covariate', { y: 'y', treatment: 'w', covariates: ['day'] }, undefined, /holds timestamps/],
    ['a constant covariate', { y: 'y', treatment: 'w', covariates: 'one' }, undefined, /'one' has one value/],
    ['an empty covariate', { y: 'y', treatment: 'w', covariates: 'empty' }, undefined, /'empty' has no value at all/],
    ['one column in two roles', { y: 'y', treatment: 'y' }, undefined, /already has the role 'y'/],
    [
      'a weight that is also the cluster',
      { y: 'y', treatment: 'w', weight: 'b', cluster: 'b' },
      undefined,
      /already has the role/,
    ],
    [
      'clustering without a cluster',
      { y: 'y', treatment: 'w' },
      { covariance: 'cluster' },
      /needs a column with the role 'cluster'/,
    ],
    ['three clusters', { y: 'y', treatment: 'w', cluster: ['a', 'b', 'firm'] }, undefined, /at most 2 columns, 3 are mapped/],
    ['an unknown estimator', { y: 'y', treatment: 'w' }, { estimators: ['oles'] }, /'oles' is not an estimator; nearest: 'ols'/],
    [
      'an unknown figure',
      { y: 'y', treatment: 'w' },
      { figures: ['lov_plot'] },
      /'lov_plot' is not a figure; nearest: 'love_plot'/,
    ],
    [
      'an interaction that is no covariate',
      { y: 'y', treatment: 'w' },
      { outcome_interactions: ['y'] },
      /'y' is not a covariate/,
    ],
  ];
  for (const [what, mapping, options, message] of refused) {
    it(`names ${what}`, () => {
      const { code, message: told, options: extra } = problem(() => resolve(mapping, options));
      assert.equal(code, 'invalid_analysis');
      assert.match(told, message);
      assert.ok(extra.errors?.every(({ field, accepted }) => field.startsWith('/') && accepted !== undefined));
    });
  }

  it('lets cluster and unit share a column', () => {
    assert.equal(resolve({ y: 'y', treatment: 'w', unit_id: 'id', cluster: 'id' }).options.covariance, 'cluster');
  });
});

describe('a mapping', () => {
  it('takes one column for a role that is not a list, and a number only for the cutoff', () => {
    assert.match(problem(() => resolve({ y: ['y', 'b'], treatment: 'w' })).message, /\/mapping\/y takes one column/);
    assert.match(problem(() => resolve([{ role: 'y', column: 3 }])).message, /\/mapping\/y takes the name of a column/);
    assert.match(problem(() => resolve({ y: [], treatment: 'w' })).message, /\/mapping\/y is required/);
    assert.match(problem(() => resolve({ y: 'y' })).message, /\/mapping\/treatment is required/);
    assert.match(problem(() => resolve([{ role: 'cutoff', column: 'x' }])).message, /\/mapping\/cutoff takes one number/);
  });
});

describe('an option of a later version', () => {
  it('is not available, once the rest of the request is right', () => {
    assert.equal(problem(() => resolve({ y: 'y', treatment: 'w' }, { folds: 5 })).code, 'not_available');
    assert.equal(problem(() => resolve({ y: 'y', treatment: 'w' }, { folds: 5, seed: -1 })).code, 'invalid_request');
  });
});
