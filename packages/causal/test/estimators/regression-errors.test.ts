/** Standard errors against two definitions of their own: the derivative by row weights, and repeated samples. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '@penstock/clock';
import { did2x2 } from '../../src/estimators/did_2x2.ts';
import { differenceInMeans } from '../../src/estimators/difference_in_means.ts';
import { gComputation } from '../../src/estimators/g_computation.ts';
import { iv2sls } from '../../src/estimators/iv_2sls.ts';
import { lin } from '../../src/estimators/lin.ts';
import { ols } from '../../src/estimators/ols.ts';
import type { AnalysisInput, Estimator } from '../../src/types.ts';
import { binaryInput, CONTEXT, codes, OPTIONS } from '../support/input.ts';
import { simulated } from '../support/simulated.ts';

describe('the HC0 error is the square root of the summed squared derivatives by row weights', () => {
  const { input } = simulated(9, 80);
  const instruments = [{ name: 'z', values: input.treatment.values.map((value, i) => value + ((i * 5) % 7) / 4) }];
  const world: AnalysisInput = { ...input, instruments };
  const halves: AnalysisInput = {
    ...world,
    time: codes(
      't',
      Array.from({ length: 80 }, (_, i) => (i < 40 ? 1 : 2)),
    ),
  };
  const cases: readonly [Estimator, AnalysisInput][] = [
    [ols, world],
    [gComputation, world],
    [iv2sls, world],
    [did2x2, halves],
  ];

  for (const [estimator, data] of cases) {
    test(estimator.name, () => {
      const estimateWith = (row: number, value: number) => {
        const weight = { name: 'weight', values: new Float64Array(data.n).fill(1) };
        weight.values[row] = value;
        return estimator.estimate({ ...data, weight }, OPTIONS, CONTEXT).estimate;
      };
      const step = 1e-4;
      let squares = 0;
      for (let row = 0; row < data.n; row++) {
        squares += ((estimateWith(row, 1 + step) - estimateWith(row, 1 - step)) / (2 * step)) ** 2;
      }
      const { stdError } = estimator.estimate(data, { ...OPTIONS, covariance: 'HC0' }, CONTEXT);
      assert.ok(Math.abs(stdError! / Math.sqrt(squares) - 1) < 1e-6, `${stdError} and ${Math.sqrt(squares)}`);
    });
  }
});

describe('in a thousand samples the 95 % interval covers the truth 93 to 97 times in a hundred, without bias', () => {
  const random = seededRandom(2024, 'monte carlo');
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const rows = Array.from({ length: 200 }, (_, i) => i);

  /** Randomised; effect 2 + x, so 2 on average over a standard normal x; noise larger among the treated. */
  function experiment(): AnalysisInput {
    const x = rows.map(normal);
    const treatment = rows.map(() => (random.next() < 0.4 ? 1 : 0));
    const y = rows.map((i) => 1 + x[i]! + treatment[i]! * (2 + x[i]!) + (1 + treatment[i]!) * normal());
    return binaryInput({ y, treatment, covariates: [['x', x]] });
  }

  /** Endogenous: u is in treatment and outcome; two instruments; effect 2. */
  function endogenous(): AnalysisInput {
    const [z1, z2, u] = [rows.map(normal), rows.map(normal), rows.map(normal)];
    const dose = rows.map((i) => z1[i]! + z2[i]! + u[i]! + normal());
    const y = rows.map((i) => 1 + 2 * dose[i]! - 3 * u[i]! + normal());
    const instruments = [
      { name: 'z1', values: Float64Array.from(z1) },
      { name: 'z2', values: Float64Array.from(z2) },
    ];
    const treatment = { kind: 'continuous', name: 'dose', values: Float64Array.from(dose) } as const;
    return binaryInput({ y, treatment: dose, more: { treatment, instruments } });
  }

  /** Two waves of 100 units with lasting differences; effect 2. */
  function panel(): AnalysisInput {
    const units = rows.slice(0, 100);
    const treated = units.map(() => (random.next() < 0.5 ? 1 : 0));
    const level = units.map((i) => 3 * normal() + treated[i]!);
    const y = [...units.map((i) => level[i]! + normal()), ...units.map((i) => level[i]! + 1 + 2 * treated[i]! + normal())];
    const wave = [...units.map(() => 1), ...units.map(() => 2)];
    return binaryInput({
      y,
      treatment: [...treated, ...treated],
      more: { unit: codes('unit', [...units, ...units]), time: codes('wave', wave) },
    });
  }

  const cases: readonly [Estimator, () => AnalysisInput][] = [
    [differenceInMeans, experiment],
    [gComputation, experiment],
    [iv2sls, endogenous],
    [did2x2, panel],
  ];
  for (const [estimator, draw] of cases) {
    test(estimator.name, () => {
      const results = Array.from({ length: 1000 }, () => estimator.estimate(draw(), OPTIONS, CONTEXT));
      const covered = results.filter(({ ciLower, ciUpper }) => ciLower! < 2 && 2 < ciUpper!).length;
      const estimates = results.map((result) => result.estimate);
      const mean = estimates.reduce((sum, value) => sum + value, 0) / 1000;
      const spread = Math.sqrt(estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 999);
      assert.ok(covered >= 930 && covered <= 970, `covered ${covered} of 1000`);
      assert.ok(Math.abs(mean - 2) < (3 * spread) / Math.sqrt(1000), `mean ${mean}, spread ${spread}`);
    });
  }

  test('Lin’s error is for the units at hand: it covers their own average effect', () => {
    const results = Array.from({ length: 1000 }, () => {
      const input = experiment();
      const own = 2 + input.covariates[0]!.values.reduce((sum, value) => sum + value, 0) / input.n;
      const { ciLower, ciUpper } = lin.estimate(input, OPTIONS, CONTEXT);
      return ciLower! < own && own < ciUpper!;
    });
    const covered = results.filter(Boolean).length;
    assert.ok(covered >= 930 && covered <= 970, `covered ${covered} of 1000`);
  });
});
