import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '@penstock/clock';
import { bootstrapEstimate } from '../../src/bootstrap/bootstrap.ts';
import { did2x2 } from '../../src/estimators/did_2x2.ts';
import { differenceInMeans } from '../../src/estimators/difference_in_means.ts';
import { lin } from '../../src/estimators/lin.ts';
import { ols } from '../../src/estimators/ols.ts';
import { type AnalysisInput, EstimationError, Stopped } from '../../src/types.ts';
import { binaryInput, CONTEXT, codes, OPTIONS } from '../support/input.ts';
import { simulated } from '../support/simulated.ts';

const meanOf = (input: AnalysisInput) => input.y.values.reduce((sum, value) => sum + value, 0) / input.n;
const { input } = simulated(4, 200);

describe('bootstrap', () => {
  test('the same seed gives the same bits, whatever ran before', () => {
    const draw = () => bootstrapEstimate(input, 20, CONTEXT, 'mean', meanOf).values;
    const first = draw();
    bootstrapEstimate(input, 7, CONTEXT, 'something else', meanOf);
    assert.deepEqual(draw(), first);
  });

  test('another seed and another estimator give other draws', () => {
    const other = { ...CONTEXT, random: (stream: string) => seededRandom(2, stream) };
    const draws = [
      bootstrapEstimate(input, 20, CONTEXT, 'mean', meanOf).values,
      bootstrapEstimate(input, 20, other, 'mean', meanOf).values,
      bootstrapEstimate(input, 20, CONTEXT, 'mean of another', meanOf).values,
    ];
    assert.equal(new Set(draws.map((values) => values.join())).size, 3);
  });

  test('comes near the analytic error', () => {
    for (const estimator of [differenceInMeans, ols, lin]) {
      const analytic = estimator.estimate(input, OPTIONS, CONTEXT).stdError!;
      const { stdError, estimate, ciLower, ciUpper } = estimator.estimate(input, { ...OPTIONS, bootstrap: 400 }, CONTEXT);
      assert.ok(Math.abs(stdError! / analytic - 1) < 0.15, `${estimator.name}: ${stdError} and ${analytic}`);
      assert.ok(ciLower! < estimate && estimate < ciUpper!);
    }
  });

  test('says how it was done', () => {
    const { details } = ols.estimate(input, { ...OPTIONS, bootstrap: 25 }, CONTEXT);
    const analytic = ols.estimate(input, OPTIONS, CONTEXT).stdError;
    assert.deepEqual(details.bootstrap, {
      draws: 25,
      failed: 0,
      resampled: 'rows',
      column: null,
      interval: 'percentile',
      analytic_std_error: analytic,
    });
  });

  test('draws whole clusters where clusters are mapped', () => {
    const clusters = [
      codes(
        'town',
        Array.from({ length: input.n }, (_, i) => i % 8),
      ),
    ];
    const sizes = new Set<number>();
    const draws = bootstrapEstimate({ ...input, clusters }, 30, CONTEXT, 'mean', (resampled) => {
      const counts = new Map<number, number>();
      for (const code of resampled.clusters[0]!.codes) counts.set(code, (counts.get(code) ?? 0) + 1);
      for (const count of counts.values()) sizes.add(count % 25);
      return meanOf(resampled);
    });
    assert.deepEqual([...sizes], [0]);
    assert.deepEqual([draws.resampled, draws.column], ['clusters', 'town']);
  });

  test('draws whole units of a panel and keeps a unit drawn twice apart', () => {
    const units = Array.from({ length: 30 }, (_, i) => i);
    const panel = binaryInput({
      y: [...units.map((i) => (i * 7) % 5), ...units.map((i) => ((i * 11) % 6) + 2 * (i % 2))],
      treatment: [...units, ...units].map((i) => i % 2),
      more: { unit: codes('unit', [...units, ...units]), time: codes('t', [...units.map(() => 1), ...units.map(() => 2)]) },
    });
    const { details, stdError } = did2x2.estimate(panel, { ...OPTIONS, bootstrap: 200 }, CONTEXT);
    const bootstrap = details.bootstrap as Record<string, unknown>;
    assert.deepEqual([bootstrap.resampled, bootstrap.failed], ['units', 0]);
    assert.ok(Math.abs(stdError! / (bootstrap.analytic_std_error as number) - 1) < 0.2);
  });

  test('a few failed draws are counted and told', () => {
    let calls = 0;
    const draws = bootstrapEstimate(input, 40, CONTEXT, 'flaky', (resampled) => {
      if (++calls % 20 === 0) throw new EstimationError('no overlap');
      return meanOf(resampled);
    });
    assert.equal(draws.failed, 2);
    assert.deepEqual(draws.warnings, ['2 of 40 bootstrap draws failed: no overlap']);
  });

  test('more than a tenth of failed draws is an error with the commonest reason', () => {
    let calls = 0;
    const flaky = (resampled: AnalysisInput) => (++calls % 5 === 0 ? Number.NaN : meanOf(resampled));
    assert.throws(
      () => bootstrapEstimate(input, 40, CONTEXT, 'flaky', flaky),
      new EstimationError('8 of 40 bootstrap draws failed, most often: the estimate was not finite'),
    );
  });

  test('a fault in the estimator is not a failed draw', () => {
    const broken = () => {
      throw new TypeError('a fault');
    };
    assert.throws(() => bootstrapEstimate(input, 40, CONTEXT, 'broken', broken), TypeError);
  });

  test('a request that was given up stops between two draws', () => {
    let draws = 0;
    const stopping = {
      ...CONTEXT,
      checkpoint: () => {
        if (draws === 3) throw new Stopped('given up');
      },
    };
    const count = (resampled: AnalysisInput) => {
      draws++;
      return meanOf(resampled);
    };
    assert.throws(() => bootstrapEstimate(input, 1000, stopping, 'mean', count), Stopped);
    assert.equal(draws, 3);
  });
});
