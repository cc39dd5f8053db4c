import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ColumnSummary } from '@penstock/contracts';
import { suggestRoles } from '../../src/index.ts';

const ROWS = 100;
const column = (name: string, distinct: number, more: Partial<ColumnSummary> = {}): ColumnSummary => ({
  name,
  type: 'number',
  missing: 0,
  distinct,
  min: 0,
  max: distinct - 1,
  mean: 1,
  ...more,
});
const roles = (...columns: ColumnSummary[]): Record<string, string> =>
  Object.fromEntries(suggestRoles(columns, ROWS).map(({ role, column: name }) => [role, name]));

describe('suggested roles', () => {
  it('go by the usual names', () => {
    assert.deepEqual(roles(column('id', 100), column('y', 90), column('w', 2), column('age', 40)), {
      y: 'y',
      treatment: 'w',
      unit_id: 'id',
    });
  });

  it('know Japanese names', () => {
    const suggested = roles(
      column('店舗ID', 10, { type: 'text' }),
      column('週', 10),
      column('売上', 90),
      column('キャンペーン', 2),
      column('開始週', 4),
    );
    assert.deepEqual(suggested, { y: '売上', treatment: 'キャンペーン', unit_id: '店舗ID', time: '週', cohort: '開始週' });
  });

  it('do not mind case, width, accents and separators', () => {
    assert.deepEqual(roles(column('Unit_ID', 50), column('ＴＲＥＡＴＥＤ', 2), column('Out come', 70), column('Année', 5)), {
      y: 'Out come',
      treatment: 'ＴＲＥＡＴＥＤ',
      unit_id: 'Unit_ID',
      time: 'Année',
    });
  });

  it('find the treatment and the outcome by content where names say nothing', () => {
    const suggested = suggestRoles([column('q1', 2), column('q2', 60)], ROWS);
    assert.deepEqual(
      suggested.map(({ role, column: name }) => [role, name]),
      [
        ['y', 'q2'],
        ['treatment', 'q1'],
      ],
    );
  });

  it('guess nothing between several columns that would do', () => {
    assert.deepEqual(roles(column('q1', 2), column('q2', 2), column('q3', 60), column('q4', 60)), {});
  });

  it('suggest several instruments, and one of everything that takes one', () => {
    const suggested = suggestRoles([column('z1', 2), column('z2', 50), column('treated', 2), column('treatment', 2)], ROWS);
    assert.deepEqual(
      suggested.map(({ role, column: name }) => [role, name]),
      [
        ['treatment', 'treated'],
        ['instruments', 'z1'],
        ['instruments', 'z2'],
      ],
    );
  });

  it('do not believe a name whose column does not fit', () => {
    assert.deepEqual(
      roles(column('weight', 50, { min: -3 }), column('y', 4, { type: 'text' }), column('time', 1), column('other', 60)),
      {},
    );
  });

  it('give each column one role, with a reason', () => {
    const suggested = suggestRoles([column('id', 100), column('y', 90), column('w', 2)], ROWS);
    assert.equal(new Set(suggested.map(({ column: name }) => name)).size, suggested.length);
    assert.equal(
      suggested.find(({ role }) => role === 'treatment')?.because,
      'the name "w" is a usual one for treatments, and it has two values',
    );
  });
});
