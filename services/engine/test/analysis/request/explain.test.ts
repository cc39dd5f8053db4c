import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AnalysisRequest } from '@penstock/contracts';
import { explain } from '../../../src/analysis/request/explain.ts';

const MANY = 80_000;

describe('the explanation of a body that has very many errors', () => {
  it('looks at the first 20 unknown fields and leaves the rest alone', () => {
    let looked = 0;
    const properties = new Proxy(
      { y: { type: 'string' } },
      {
        getOwnPropertyDescriptor: (target, key) => {
          if (key !== 'y') looked++;
          return Reflect.getOwnPropertyDescriptor(target, key);
        },
      },
    );
    const value = Object.fromEntries(Array.from({ length: MANY }, (_, i) => [`role${i}`, 'a']));
    const errors = explain({ type: 'object', properties, additionalProperties: false }, value);
    assert.equal(errors.length, 20);
    assert.ok(looked <= 21, `${looked} of ${MANY} names were looked at`);
  });

  it('compares 20 wrong values of a list with what is accepted', () => {
    let compared = 0;
    const choice = { toString: () => `choice${compared++}` };
    const value = Array.from({ length: MANY }, (_, i) => `wrong${i}`);
    assert.equal(explain({ type: 'array', items: { enum: [choice] } }, value).length, 20);
    assert.equal(compared, 20);
  });

  it('names the first of 80,000 unknown roles, in both forms of a mapping', () => {
    const roles = Array.from({ length: MANY }, (_, i) => `trea${i}`);
    for (const [mapping, field] of [
      [Object.fromEntries(roles.map((role) => [role, 'a'])), '/mapping/trea0'],
      [roles.map((role) => ({ role, column: 'a' })), '/mapping/0/role'],
    ] as const) {
      const errors = explain(AnalysisRequest, { dataset_id: 'd', mapping });
      assert.ok(errors.length <= 20);
      assert.ok(
        errors.some((error) => error.field === field || error.field === '/mapping'),
        JSON.stringify(errors[0]),
      );
    }
  });
});
