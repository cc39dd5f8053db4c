import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { aipw } from '../../src/estimators/aipw.ts';
import { ipwAte } from '../../src/estimators/ipw_ate.ts';
import { ipwAtt } from '../../src/estimators/ipw_att.ts';
import { propensityMatching } from '../../src/estimators/propensity_matching.ts';
import { propensityStratification } from '../../src/estimators/propensity_stratification.ts';
import { type AnalysisInput, EstimationError, NotApplicable } from '../../src/types.ts';
import { binaryInput, CONTEXT, codes, OPTIONS, reordered } from '../support/input.ts';
import { assertClose } from '../support/reference.ts';
import { simulated } from '../support/simulated.ts';

const ALL = [ipwAte, ipwAtt, aipw, propensityStratification, propensityMatching];
const BOOTSTRAPPED = ALL.filter((estimator) => estimator.bootstrap);
// Continuous covariates leave no tied scores, so that the tie rule, which is about row numbers, plays no part.
const world = fc.integer({ min: 1, max: 1_000_000 }).map((seed) => simulated(seed, 120).input);
const runs = { seed: 11, numRuns: 15 };

function both(estimator: (typeof ALL)[number], first: AnalysisInput, second: AnalysisInput, factor = 1): void {
  const [one, two] = [estimator.estimate(first, OPTIONS, CONTEXT), estimator.estimate(second, OPTIONS, CONTEXT)];
  assertClose(two.estimate, one.estimate * factor, 'estimate', 1e-7);
  assertClose(two.stdError, one.stdError! * Math.abs(factor), 'stdError', 1e-7);
}

for (const estimator of ALL) {
  describe(estimator.name, () => {
    test('does not depend on the order of the rows', () => {
      fc.assert(
        fc.property(world, fc.integer(), (input, turn) => {
          const order = Array.from({ length: input.n }, (_, i) => i).sort((a, b) => hash(a, turn) - hash(b, turn));
          both(estimator, input, reordered(input, order));
        }),
        runs,
      );
    });

    test('does not depend on the units and the zero of a covariate', () => {
      fc.assert(
        fc.property(
          world,
          fc.double({ min: 0.01, max: 100, noNaN: true }),
          fc.integer({ min: -50, max: 50 }),
          (input, scale, shift) => {
            const [first, ...others] = input.covariates;
            const moved = { name: 'a', values: first!.values.map((value) => scale * value + shift) };
            both(estimator, input, { ...input, covariates: [moved, ...others] });
          },
        ),
        runs,
      );
    });

    test('follows the units of the outcome and ignores its zero', () => {
      fc.assert(
        fc.property(world, fc.constantFrom(-3, 0.25, 1000), (input, scale) => {
          const y = { name: 'y', values: input.y.values.map((value) => scale * value + 5) };
          both(estimator, input, { ...input, y }, scale);
        }),
        runs,
      );
    });

    test('is skipped for a continuous treatment, without covariates and with sampling weights, each with its reason', () => {
      const { input } = simulated(3, 60);
      const skipped = (changed: AnalysisInput, reason: RegExp) =>
        assert.throws(
          () => estimator.estimate(changed, OPTIONS, CONTEXT),
          (error: unknown) => error instanceof NotApplicable && reason.test(error.message),
        );
      skipped({ ...input, treatment: { kind: 'continuous', name: 'dose', values: input.y.values } }, /'dose' is not binary/);
      skipped({ ...input, covariates: [] }, /role 'covariates'/);
      skipped({ ...input, weight: { name: 'pweight', values: new Float64Array(60).fill(1) } }, /role 'weight', column 'pweight'/);
    });

    test('fails on perfect separation with the column in the message', () => {
      const input = binaryInput({
        y: [1, 2, 3, 4, 5, 6, 7, 8],
        treatment: [0, 0, 0, 0, 1, 1, 1, 1],
        covariates: [['dose', [1, 2, 3, 4, 7, 8, 9, 10]]],
      });
      assert.throws(
        () => estimator.estimate(input, OPTIONS, CONTEXT),
        (error: unknown) => error instanceof EstimationError && /perfect separation: 'dose'/.test(error.message),
      );
    });
  });
}

for (const estimator of BOOTSTRAPPED) {
  test(`${estimator.name} takes its error from the bootstrap when asked, near the analytic one and the same each time`, () => {
    const { input } = simulated(5, 400);
    const analytic = estimator.estimate(input, OPTIONS, CONTEXT);
    const options = { ...OPTIONS, bootstrap: 200 };
    const drawn = estimator.estimate(input, options, CONTEXT);
    assert.equal(drawn.estimate, analytic.estimate);
    assert.deepEqual(estimator.estimate(input, options, CONTEXT), drawn);
    const ratio = drawn.stdError! / analytic.stdError!;
    // The sd of 200 draws has a relative error of 5 %; strata drawn anew add some spread.
    assert.ok(ratio > 0.75 && ratio < 1.3, `bootstrap/analytic ${ratio}`);
  });
}

test('propensity_matching keeps its analytic error when a bootstrap is asked for, and says so', () => {
  const { input } = simulated(5, 100);
  const found = propensityMatching.estimate(input, { ...OPTIONS, bootstrap: 50 }, CONTEXT);
  assert.equal(found.stdError, propensityMatching.estimate(input, OPTIONS, CONTEXT).stdError);
  assert.match(found.warnings.join(), /bootstrap is not valid for matching/);
});

test('propensity_matching with more treated than controls says how many stay unmatched', () => {
  const { input } = simulated(6, 100);
  const order = [...input.treatment.values.keys()].filter((row) => input.treatment.values[row] === 1 || row % 4 === 0);
  const found = propensityMatching.estimate(reordered({ ...input, n: order.length }, order), OPTIONS, CONTEXT);
  assert.ok((found.details.n_treated_unmatched as number) > 0);
  assert.match(found.warnings.join(), /treated rows, those with the lowest scores, have no control left/);
});

test('propensity_matching warns where controls ran short and the pairs are far apart, and not where there are plenty', () => {
  const { input } = simulated(6, 400);
  const rows = [...input.treatment.values.keys()];
  const few = rows.filter((row) => input.treatment.values[row] === 1 || row % 8 < 7);
  const scarce = propensityMatching.estimate(reordered({ ...input, n: few.length }, few), OPTIONS, CONTEXT);
  assert.ok((scarce.details.score_smd_after_matching as number) > 0.1);
  assert.match(scarce.warnings.join(), /pairs still differ by 0\.\d\d standard deviations/);
  const treatedRows = rows.filter((row) => input.treatment.values[row] === 1);
  const fewTreated = new Set(treatedRows.filter((_, i) => i % 8 === 0));
  const plenty = rows.filter((row) => input.treatment.values[row] === 0 || fewTreated.has(row));
  const matched = propensityMatching.estimate(reordered({ ...input, n: plenty.length }, plenty), OPTIONS, CONTEXT);
  assert.ok(Math.abs(matched.details.score_smd_after_matching as number) < 0.1);
  assert.deepEqual(matched.warnings, []);
});

test('clusters of one row each give the error of independent rows, apart from the correction', () => {
  const { input } = simulated(8, 150);
  const clusters = [codes('id', [...input.y.values.keys()])];
  const clustered = { ...OPTIONS, covariance: 'cluster', small_sample: 'none' } as const;
  for (const estimator of [ipwAte, ipwAtt]) {
    const plain = estimator.estimate(input, OPTIONS, CONTEXT);
    const single = estimator.estimate({ ...input, clusters }, clustered, CONTEXT);
    assertClose(single.stdError, plain.stdError, estimator.name, 1e-12);
  }
  const corrected = aipw.estimate({ ...input, clusters }, { ...clustered, small_sample: 'groups' }, CONTEXT);
  assertClose(corrected.stdError, aipw.estimate(input, OPTIONS, CONTEXT).stdError, 'aipw', 1e-12);
});

test('aipw gives the risk ratio of a 0/1 outcome', () => {
  const { input } = simulated(10, 300);
  const y = { name: 'y', values: input.y.values.map((value) => (value > 1 ? 1 : 0)) };
  const { details } = aipw.estimate({ ...input, y }, OPTIONS, CONTEXT);
  assertClose(details.risk_ratio, (details.mu1 as number) / (details.mu0 as number), 'risk ratio', 1e-12);
  assert.ok((details.log_risk_ratio_std_error as number) > 0);
});

function hash(row: number, turn: number): number {
  return Math.imul((row + 1) ^ turn, 0x9e3779b1) >>> 0;
}
