import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { did2x2 } from '../../src/estimators/did_2x2.ts';
import { differenceInMeans } from '../../src/estimators/difference_in_means.ts';
import { gComputation } from '../../src/estimators/g_computation.ts';
import { iv2sls } from '../../src/estimators/iv_2sls.ts';
import { lin } from '../../src/estimators/lin.ts';
import { ols } from '../../src/estimators/ols.ts';
import { type AnalysisInput, EstimationError, type Estimator, NotApplicable, Stopped } from '../../src/types.ts';
import { binaryInput, CONTEXT, codes, OPTIONS } from '../support/input.ts';
import { assertClose } from '../support/reference.ts';
import { simulated } from '../support/simulated.ts';

function run(estimator: Estimator, input: AnalysisInput, options: Partial<typeof OPTIONS> = {}) {
  return estimator.estimate(input, { ...OPTIONS, ...options }, CONTEXT);
}

const plain = binaryInput({ y: [1, 2, 3, 10, 11, 15], treatment: [0, 0, 0, 1, 1, 1] });

describe('without covariates', () => {
  test('difference in means, regression, Lin and g-computation are the same number', () => {
    for (const estimator of [differenceInMeans, ols, lin, gComputation])
      assertClose(run(estimator, plain).estimate, 10, estimator.name, 1e-12);
  });

  test('HC2 of the regression is the Welch error, the classical one is the pooled error', () => {
    const pooled = run(differenceInMeans, plain, { difference_in_means_variance: 'pooled' });
    assertClose(run(ols, plain).stdError, run(differenceInMeans, plain).stdError, 'HC2', 1e-12);
    assertClose(run(ols, plain, { covariance: 'classical' }).stdError, pooled.stdError, 'classical', 1e-12);
  });
});

describe('difference in means', () => {
  test('tells means, sizes and standard deviations of both groups', () => {
    const { mean1, mean0, n1, n0, sd1, sd0 } = run(differenceInMeans, plain).details;
    assertClose([mean1, mean0, n1, n0, sd1, sd0], [12, 2, 3, 3, Math.sqrt(7), 1], 'details', 1e-12);
  });

  test('with clusters the error is that of the clustered regression', () => {
    const clustered = { ...plain, clusters: [codes('town', ['a', 'b', 'c', 'a', 'b', 'c'])] };
    const options = { covariance: 'cluster' } as const;
    assertClose(run(differenceInMeans, clustered, options).stdError, run(ols, clustered, options).stdError, 'error', 1e-12);
    assert.equal(run(differenceInMeans, clustered, options).details.variance, 'cluster');
  });

  test('a mapped weight is not ignored: the method steps aside', () => {
    const weighted = { ...plain, weight: { name: 'pop', values: new Float64Array(6).fill(1) } };
    assert.throws(
      () => run(differenceInMeans, weighted),
      new NotApplicable("does not weight rows: 'pop' is mapped as weight; ols does"),
    );
  });

  test('a group of one row has no error to estimate', () => {
    const lonely = binaryInput({ y: [1, 2, 3], treatment: [0, 0, 1] });
    assert.throws(() => run(differenceInMeans, lonely), /at least two rows in each group/);
  });
});

describe('methods for a binary treatment', () => {
  test('step aside for a continuous one', () => {
    const dose: AnalysisInput = { ...plain, treatment: { kind: 'continuous', name: 'dose', values: plain.y.values } };
    for (const estimator of [differenceInMeans, lin, gComputation]) {
      assert.throws(() => run(estimator, dose), new NotApplicable("needs a treatment with two values; 'dose' has more"));
    }
  });

  test('refuse an empty group', () => {
    const all = binaryInput({ y: [1, 2, 3], treatment: [1, 1, 1] });
    assert.throws(() => run(differenceInMeans, all), new EstimationError("all rows have the same value of 'w'"));
  });
});

describe('Lin and g-computation', () => {
  test('with all interactions are the same number', () => {
    const { input } = simulated(3, 400);
    assertClose(run(gComputation, input).estimate, run(lin, input).estimate, 'estimate', 1e-11);
  });

  test('the g-computation error also counts that the covariates were sampled', () => {
    const { input } = simulated(3, 400);
    assert.ok(run(gComputation, input).stdError! > run(lin, input).stdError!);
  });

  test('cover the true effect, one, of a confounded sample', () => {
    const { input } = simulated(5, 2000);
    for (const estimator of [lin, gComputation]) {
      const { ciLower, ciUpper } = run(estimator, input);
      assert.ok(ciLower! < 1 && 1 < ciUpper!, `${estimator.name}: [${ciLower}, ${ciUpper}]`);
    }
  });

  test('an interaction with what is no covariate is refused with the names there are', () => {
    const { input } = simulated(1, 50);
    assert.throws(
      () => run(gComputation, input, { outcome_interactions: ['c'] }),
      /outcome_interactions names 'c', which is no covariate; covariates are 'a', 'b'/,
    );
  });
});

describe('ols', () => {
  test('with a clustered covariance and no cluster column steps aside', () => {
    assert.throws(() => run(ols, plain, { covariance: 'cluster' }), /needs a column with the role 'cluster'/);
  });

  test('a covariate that repeats the treatment is named', () => {
    const twin = { ...plain, covariates: [{ name: 'copy', values: plain.treatment.values }] };
    assert.throws(() => run(ols, twin), new EstimationError("collinear columns: 'copy' is a linear combination of 'w'"));
  });

  test('numbers that overflow are an error, never an infinite estimate', () => {
    const huge = binaryInput({ y: [1e308, 1e308, -1e308, -1e308], treatment: [1, 1, 0, 0] });
    assert.throws(() => run(ols, huge), /values too large to be squared, at the first in 'the outcome'/);
    assert.throws(() => run(differenceInMeans, huge), /not a finite number/);
  });
});

describe('iv_2sls', () => {
  const { input } = simulated(2, 300);
  const instrument = (name: string, step: number) => ({
    name,
    values: input.treatment.values.map((value, i) => value + ((i * step) % 17) / 17),
  });

  test('without an instrument steps aside', () => {
    assert.throws(() => run(iv2sls, input), new NotApplicable("no column has the role 'instruments'"));
  });

  test('with the treatment as its own instrument is the regression', () => {
    const own = { ...input, instruments: [{ name: 'self', values: input.treatment.values }] };
    for (const covariance of ['classical', 'HC1', 'HC2', 'HC3'] as const) {
      const [iv, regression] = [run(iv2sls, own, { covariance }), run(ols, input, { covariance })];
      assertClose([iv.estimate, iv.stdError], [regression.estimate, regression.stdError], covariance, 1e-9);
    }
  });

  test('one instrument is the ratio of two regressions, and has no overidentification test', () => {
    const instruments = [instrument('z', 5)];
    const reduced = run(ols, { ...input, treatment: { kind: 'continuous', ...instruments[0]! } });
    const first = run(ols, { ...input, y: input.treatment, treatment: { kind: 'continuous', ...instruments[0]! } });
    const result = run(iv2sls, { ...input, instruments });
    assertClose(result.estimate, reduced.estimate / first.estimate, 'Wald ratio', 1e-10);
    assert.equal(result.details.sargan, null);
  });

  test('collinear instruments are named', () => {
    const [z] = [instrument('z', 5)];
    const copy = { name: 'copy', values: z.values.map((value) => 2 * value) };
    assert.throws(
      () => run(iv2sls, { ...input, instruments: [z, copy] }),
      /collinear columns: 'copy' is a linear combination of 'z'/,
    );
  });
});

describe('did_2x2', () => {
  /** Units 0–19 in two waves; the odd ones are treated, effect 3, common trend 1. */
  const wobble = (i: number) => ((i * 37) % 11) / 10;
  const units = Array.from({ length: 20 }, (_, i) => i);
  const panel = (late: boolean) =>
    binaryInput({
      y: [...units.map((i) => i + wobble(i)), ...units.map((i) => i + 1 + 3 * (i % 2) + wobble(i + 7))],
      treatment: [...units.map((i) => (late ? 0 : i % 2)), ...units.map((i) => i % 2)],
      more: {
        unit: codes('unit', [...units, ...units]),
        time: codes('wave', [...units.map(() => 1), ...units.map(() => 2)]),
      },
    });

  test('a group indicator and the product of group and period give the same', () => {
    const [group, product] = [run(did2x2, panel(false)), run(did2x2, panel(true))];
    assert.deepEqual(product, group);
    assert.equal(group.details.design, 'panel');
    assert.equal(group.n, 20);
  });

  test('the panel estimate is the difference of differences of the four means', () => {
    const { estimate, details } = run(did2x2, panel(false));
    const means = details.means as Record<string, number>;
    const expected = means.treated_after! - means.treated_before! - (means.control_after! - means.control_before!);
    assertClose(estimate, expected, 'estimate', 1e-12);
  });

  test('without units the waves are two cross-sections with the same estimate and a larger error', () => {
    const { unit: _, ...apart } = panel(false);
    const [linked, separate] = [run(did2x2, panel(false)), run(did2x2, apart)];
    assertClose(separate.estimate, linked.estimate, 'estimate', 1e-10);
    assert.equal(separate.details.design, 'repeated_cross_sections');
    assert.ok(separate.stdError! > linked.stdError!);
  });

  test('clustering two cross-sections by unit comes near the error of the panel', () => {
    const { unit, ...apart } = panel(false);
    const linked = run(did2x2, panel(false), { covariance: 'HC1' });
    const clustered = run(did2x2, { ...apart, clusters: [unit!] }, { covariance: 'cluster', small_sample: 'full' });
    assert.ok(Math.abs(clustered.stdError! / linked.stdError! - 1) < 0.05);
  });

  test('units with one wave are left out, counted and warned of', () => {
    const input = panel(false);
    const unit = codes('unit', [...units, 99, ...units.slice(1)]);
    const { details, warnings } = run(did2x2, { ...input, unit });
    assert.equal(details.units, 19);
    assert.match(warnings.join(), /2 units seen in one period only are left out/);
  });

  const refusals: readonly [string, Partial<AnalysisInput>, RegExp][] = [
    [
      'three periods',
      {
        time: codes(
          'wave',
          Array.from({ length: 40 }, (_, i) => i % 3),
        ),
      },
      /exactly two periods; 'wave' has 3/,
    ],
    [
      'a unit twice in one period',
      { unit: codes('unit', [...units.map(() => 0), ...units]) },
      /unit '0' of 'unit' has several rows/,
    ],
    [
      'a cluster that a unit leaves',
      {
        clusters: [
          codes(
            'town',
            Array.from({ length: 40 }, (_, i) => (i < 20 ? 'a' : `b${i % 3}`)),
          ),
        ],
      },
      /the cluster 'town' of a unit differs/,
    ],
  ];
  for (const [what, change, message] of refusals) {
    test(`${what}: not applicable, with the reason`, () => {
      const options = change.clusters ? ({ covariance: 'cluster' } as const) : {};
      assert.throws(
        () => run(did2x2, { ...panel(false), ...change }, options),
        (error) => error instanceof NotApplicable && message.test(error.message),
      );
    });
  }

  test('without a time column, or with nobody to compare in the first wave: not applicable', () => {
    const { time: _time, ...timeless } = panel(false);
    assert.throws(() => run(did2x2, timeless), new NotApplicable("no column has the role 'time'"));
    const { unit: _unit, ...unlinked } = panel(true);
    assert.throws(() => run(did2x2, unlinked), /map a group indicator as treatment, or the unit as unit_id/);
  });
});

test('a request that was given up stops every estimator at its next checkpoint', () => {
  const { input } = simulated(2, 100);
  const stopped = {
    ...CONTEXT,
    checkpoint: () => {
      throw new Stopped('given up');
    },
  };
  for (const estimator of [ols, lin, gComputation]) assert.throws(() => estimator.estimate(input, OPTIONS, stopped), Stopped);
});
