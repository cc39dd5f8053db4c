import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../src/diagnostics/diagnose.ts';
import { Stopped } from '../../src/types.ts';
import { binaryInput, CONTEXT, OPTIONS } from '../support/input.ts';
import { simulated } from '../support/simulated.ts';

const PIECES = ['balance', 'overlap', 'effective_sample_size', 'weights', 'propensity_model'];

test('per-row units line up with the rows of the input', () => {
  const { input } = simulated(1, 100);
  const { units } = diagnose(input, OPTIONS, CONTEXT);
  for (let i = 0; i < 100; i++) {
    const [e, w] = [units.propensity![i]!, input.treatment.values[i]!];
    assert.ok(Math.abs(units.weights_ate![i]! - (w === 1 ? 1 / e : 1 / (1 - e))) < 1e-9);
    assert.ok(Math.abs(units.weights_att![i]! - (w === 1 ? 1 : e / (1 - e))) < 1e-9);
  }
});

test('for a continuous treatment every piece is null with the reason, and there are no units', () => {
  const { input } = simulated(1, 50);
  const { json, units } = diagnose(
    { ...input, treatment: { kind: 'continuous', name: 'dose', values: input.y.values } },
    OPTIONS,
    CONTEXT,
  );
  for (const piece of PIECES) {
    assert.equal(json[piece], null);
    assert.match(json[`${piece}_reason`] as string, /'dose' is not binary/);
  }
  assert.deepEqual(units, {});
});

test('perfect separation leaves the unweighted balance and explains the rest', () => {
  const input = binaryInput({ y: [1, 2, 3, 4, 5, 6], treatment: [0, 0, 0, 1, 1, 1], covariates: [['dose', [1, 2, 3, 7, 8, 9]]] });
  const { json } = diagnose(input, OPTIONS, CONTEXT);
  const [row] = json.balance as Record<string, unknown>[];
  assert.equal(row!.ks, 1);
  assert.equal(row!.smd, 6);
  assert.equal(row!.smd_weighted_ate, null);
  assert.match(json.balance_weighted_reason as string, /perfect separation: 'dose'/);
  for (const piece of PIECES.slice(1)) assert.equal(json[piece], null);
});

test('a column without spread in a group has null instead of a ratio, never NaN', () => {
  const { input } = simulated(2, 40);
  const flat = { name: 'flat', values: new Float64Array(40).fill(0.1) };
  const { json } = diagnose({ ...input, balanceColumns: [flat] }, OPTIONS, CONTEXT);
  const [row] = json.balance as Record<string, unknown>[];
  assert.deepEqual([row!.smd, row!.smd_pooled, row!.smd_weighted_att, row!.variance_ratio, row!.ks], [null, null, null, null, 0]);
  assert.doesNotMatch(
    JSON.stringify(json, (_, value) => (Number.isNaN(value) ? 'NaN' : value)),
    /NaN/,
  );
});

test('a mapped weight is said not to enter', () => {
  const { input } = simulated(3, 40);
  const { json } = diagnose({ ...input, weight: { name: 'pw', values: new Float64Array(40).fill(1) } }, OPTIONS, CONTEXT);
  assert.match(json.weight_note as string, /'pw'/);
});

test('a request given up stops the diagnostics', () => {
  const checkpoint = () => {
    throw new Stopped('given up');
  };
  assert.throws(() => diagnose(simulated(4, 40).input, OPTIONS, { ...CONTEXT, checkpoint }), Stopped);
});
