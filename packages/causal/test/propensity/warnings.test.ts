import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PropensityModel } from '../../src/propensity/model.ts';
import { clustersUnused, scoreWarnings, tailWarnings } from '../../src/propensity/warnings.ts';
import { binaryInput, codes } from '../support/input.ts';

test('a row that carries a tenth of its arm is warned of, with its weight and its share', () => {
  assert.deepEqual(tailWarnings('treated', Float64Array.of(0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)), []);
  const [warning] = tailWarnings('treated', Float64Array.of(0, 6, 2, 2, 2));
  assert.match(warning!, /largest weight of the treated group is 6\.00, 50\.0 % of the group's total/);
});

test('scores next to zero or one are counted', () => {
  const model = (...scores: number[]) => ({ scores: Float64Array.from(scores) }) as PropensityModel;
  assert.deepEqual(scoreWarnings(model(0.5, 0.02)), []);
  assert.match(scoreWarnings(model(0.5, 0.001, 0.999))[0]!, /2 of 3 rows/);
});

test('a cluster column that does not enter the error is named', () => {
  const input = binaryInput({ y: [1, 2], treatment: [0, 1] });
  assert.deepEqual(clustersUnused(input), []);
  assert.match(clustersUnused({ ...input, clusters: [codes('village', ['a', 'b'])] })[0]!, /'village'/);
});
