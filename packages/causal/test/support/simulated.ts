import { seededRandom } from '@penstock/clock';
import type { AnalysisInput } from '../../src/types.ts';
import { binaryInput } from './input.ts';

/**
 * Confounded by two covariates with good overlap, so that the plain difference in means is about twice the effect: P(W=1) = expit(shift + 0.5·a − 0.5·b), a and b normal;
 * y = 1 + a − b + W·(1 + 0.5·a) + noise. The average effect is 1, `ate` that of these rows, `att` that
 * of the treated ones.
 */
export function simulated(seed: number, n: number, shift = 0): { input: AnalysisInput; ate: number; att: number } {
  const random = seededRandom(seed, 'simulated');
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const a = Array.from({ length: n }, normal);
  const b = Array.from({ length: n }, normal);
  const w = a.map((value, i) => (random.next() < 1 / (1 + Math.exp(-shift - 0.5 * value + 0.5 * b[i]!)) ? 1 : 0));
  const y = a.map((value, i) => 1 + value - b[i]! + w[i]! * (1 + 0.5 * value) + normal());
  const effects = a.map((value) => 1 + 0.5 * value);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    input: binaryInput({
      y,
      treatment: w,
      covariates: [
        ['a', a],
        ['b', b],
      ],
    }),
    ate: mean(effects),
    att: mean(effects.filter((_, i) => w[i] === 1)),
  };
}
