import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../src/diagnostics/diagnose.ts';
import { qualityGates } from '../../src/quality/gates.ts';
import { binaryInput, CONTEXT, OPTIONS } from '../support/input.ts';
import { simulated } from '../support/simulated.ts';

function gates(share: number, smd: number | null) {
  const json = { overlap: { share_common_support: share }, balance: [{ column: 'a', smd_weighted_ate: smd }] };
  return qualityGates({ json }).map((gate) => gate.result);
}

test('the bounds belong to the better side', () => {
  assert.deepEqual(gates(0.9, 0.1), ['pass', 'pass']);
  assert.deepEqual(gates(0.89, -0.11), ['warn', 'warn']);
  assert.deepEqual(gates(0.8, 0.25), ['warn', 'warn']);
  assert.deepEqual(gates(0.79, -0.26), ['fail', 'fail']);
});

test('the balance gate names the column that differs most, whatever its sign', () => {
  const balance = [
    { column: 'a', smd_weighted_ate: 0.02 },
    { column: 'b', smd_weighted_ate: -0.3 },
    { column: 'c', smd_weighted_ate: null },
  ];
  const gate = qualityGates({ json: { overlap: { share_common_support: 1 }, balance } })[1]!;
  assert.equal(gate.value, 0.3);
  assert.match(gate.because, /'b' differs most, by 0\.300/);
});

test('confounded data with good overlap pass both gates', () => {
  const found = qualityGates(diagnose(simulated(1, 1000).input, OPTIONS, CONTEXT));
  assert.deepEqual(
    found.map(({ gate, result }) => [gate, result]),
    [
      ['overlap', 'pass'],
      ['balance', 'pass'],
    ],
  );
});

test('without covariates both gates are skipped with the reason', () => {
  const found = qualityGates(diagnose(binaryInput({ y: [1, 2, 3, 4], treatment: [0, 1, 0, 1] }), OPTIONS, CONTEXT));
  for (const gate of found) {
    assert.equal(gate.result, 'skipped');
    assert.equal(gate.value, null);
    assert.match(gate.because, /role 'covariates'/);
  }
});

test('perfect separation fails the overlap gate', () => {
  const input = binaryInput({ y: [1, 2, 3, 4, 5, 6], treatment: [0, 0, 0, 1, 1, 1], covariates: [['dose', [1, 2, 3, 7, 8, 9]]] });
  const [overlap, balance] = qualityGates(diagnose(input, OPTIONS, CONTEXT));
  assert.equal(overlap!.result, 'fail');
  assert.match(overlap!.because, /perfect separation: 'dose'/);
  assert.equal(balance!.result, 'skipped');
});
