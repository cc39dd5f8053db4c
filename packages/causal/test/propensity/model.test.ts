import assert from 'node:assert/strict';
import { test } from 'node:test';
import { propensityModel } from '../../src/propensity/model.ts';
import { EstimationError, Stopped } from '../../src/types.ts';
import { binaryInput } from '../support/input.ts';
import { simulated } from '../support/simulated.ts';

const context = { checkpoint: () => undefined };

test('the model of one input is fitted once', () => {
  const { input } = simulated(1, 200);
  assert.equal(propensityModel(input, context), propensityModel(input, context));
  assert.notEqual(propensityModel({ ...input }, context), propensityModel(input, context));
});

test('perfect separation names the column, each time it is asked', () => {
  const input = binaryInput({ y: [1, 2, 3, 4, 5, 6], treatment: [0, 0, 0, 1, 1, 1], covariates: [['dose', [1, 2, 3, 7, 8, 9]]] });
  for (let times = 0; times < 2; times++) {
    assert.throws(
      () => propensityModel(input, context),
      (error: unknown) => error instanceof EstimationError && /perfect separation: 'dose'/.test(error.message),
    );
  }
});

test('a stopped fit is not remembered as a failure', () => {
  const { input } = simulated(2, 200);
  const stopping = {
    checkpoint: () => {
      throw new Stopped('given up');
    },
  };
  assert.throws(() => propensityModel(input, stopping), Stopped);
  assert.equal(propensityModel(input, context).scores.length, 200);
});
