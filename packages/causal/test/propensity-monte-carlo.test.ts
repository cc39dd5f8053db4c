/**
 * Known truth, many samples: bias within simulation error and honest intervals.
 *
 * By default 200 samples of 300 rows. MONTE_CARLO=2000 takes that many (under a minute).
 * Bands: the share of intervals that hold the truth has a binomial error of sqrt(0.95·0.05/R) (1.5 points with
 * R = 200); four of them either way make a false alarm rarer than 1 in 10,000, and one point more is allowed
 * below, because the intervals are asymptotic and n is 300. The mean of the estimates may be off by four of its standard errors.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aipw } from '../src/estimators/aipw.ts';
import { differenceInMeans } from '../src/estimators/difference_in_means.ts';
import { ipwAte } from '../src/estimators/ipw_ate.ts';
import { ipwAtt } from '../src/estimators/ipw_att.ts';
import { propensityMatching } from '../src/estimators/propensity_matching.ts';
import { propensityStratification } from '../src/estimators/propensity_stratification.ts';
import type { Estimator } from '../src/types.ts';
import { CONTEXT, OPTIONS } from './support/input.ts';
import { simulated } from './support/simulated.ts';

const SAMPLES = Number(process.env.MONTE_CARLO ?? 200);
const ROWS = 300;
const ERROR = Math.sqrt((0.95 * 0.05) / SAMPLES);

interface Summary {
  readonly bias: number;
  readonly biasError: number;
  readonly coverage: number;
  readonly meanStdError: number;
  readonly sd: number;
}

function repeat(estimator: Estimator, shift: number, truthOf: (sample: ReturnType<typeof simulated>) => number): Summary {
  const errors: number[] = [];
  let covered = 0;
  let stdErrors = 0;
  for (let seed = 1; seed <= SAMPLES; seed++) {
    const sample = simulated(seed, ROWS, shift);
    const truth = truthOf(sample);
    const { estimate, stdError, ciLower, ciUpper } = estimator.estimate(sample.input, OPTIONS, CONTEXT);
    errors.push(estimate - truth);
    stdErrors += stdError!;
    if (ciLower! <= truth && truth <= ciUpper!) covered++;
  }
  const bias = errors.reduce((sum, value) => sum + value, 0) / SAMPLES;
  const sd = Math.sqrt(errors.reduce((sum, value) => sum + (value - bias) ** 2, 0) / (SAMPLES - 1));
  return { bias, biasError: sd / Math.sqrt(SAMPLES), coverage: covered / SAMPLES, meanStdError: stdErrors / SAMPLES, sd };
}

describe(`over ${SAMPLES} samples of ${ROWS} rows`, () => {
  // The effect on the treated that ipw_att estimates in the population: E[1 + 0.5·a | W = 1], by numerical integration.
  const att = populationAtt();
  const exact = [
    { estimator: ipwAte, truth: () => 1 },
    { estimator: ipwAtt, truth: () => att },
    { estimator: aipw, truth: () => 1 },
  ];
  for (const { estimator, truth } of exact) {
    test(`${estimator.name} is unbiased and its 95 % intervals cover`, () => {
      const { bias, biasError, coverage } = repeat(estimator, 0, truth);
      assert.ok(Math.abs(bias) < 4 * biasError, `bias ${bias} with simulation error ${biasError}`);
      assert.ok(coverage > 0.94 - 4 * ERROR && coverage < 0.95 + 4 * ERROR, `coverage ${coverage}`);
    });
  }

  test('propensity_stratification removes most of the bias and its standard error is the spread of its estimates', () => {
    const raw = repeat(differenceInMeans, 0, () => 1);
    const { bias, meanStdError, sd } = repeat(propensityStratification, 0, () => 1);
    // Five strata leave about a tenth of the bias (Cochran 1968), which is why no coverage is claimed.
    assert.ok(Math.abs(bias) < 0.2 * raw.bias, `bias ${bias} of ${raw.bias}`);
    // The spread of R estimates has a relative error of 1/sqrt(2R), 5 % at R = 200.
    assert.ok(
      Math.abs(meanStdError / sd - 1) < 0.05 + 4 / Math.sqrt(2 * SAMPLES),
      `standard error ${meanStdError}, spread ${sd}`,
    );
  });

  test('propensity_matching, controls being plentiful, removes most of the bias and covers at least 95 %', () => {
    const raw = repeat(differenceInMeans, -1.6, (sample) => sample.att);
    const { bias, coverage } = repeat(propensityMatching, -1.6, (sample) => sample.att);
    assert.ok(Math.abs(bias) < 0.2 * raw.bias, `bias ${bias} of ${raw.bias}`);
    assert.ok(coverage > 0.94 - 4 * ERROR, `coverage ${coverage}`);
  });
});

/** E[(1 + 0.5·a)·e]/E[e] for shift 0; 0.5·a − 0.5·b given a is normal around 0.5·a. */
function populationAtt(): number {
  let top = 0;
  let bottom = 0;
  for (let a = -8; a <= 8; a += 0.05) {
    for (let b = -8; b <= 8; b += 0.05) {
      const mass = Math.exp(-(a * a + b * b) / 2) / (1 + Math.exp(-0.5 * a + 0.5 * b));
      top += mass * (1 + 0.5 * a);
      bottom += mass;
    }
  }
  return top / bottom;
}
