import type { QualityGate } from '@penstock/contracts';
import type { Diagnosis } from '../diagnostics/diagnose.ts';

/** Bounds and their sources: docs/methods/diagnostics.md. */
export const GATE_BOUNDS = Object.freeze({
  overlap: Object.freeze({ pass: 0.9, warn: 0.8 }),
  balance: Object.freeze({ pass: 0.1, warn: 0.25 }),
});

/** The gates that follow from the diagnostics; one whose data are lacking is skipped with the reason. */
export function qualityGates(diagnosis: Pick<Diagnosis, 'json'>): QualityGate[] {
  return [overlapGate(diagnosis.json), balanceGate(diagnosis.json)];
}

function overlapGate(json: Diagnosis['json']): QualityGate {
  const { pass, warn } = GATE_BOUNDS.overlap;
  const found = json.overlap as { share_common_support: number } | null;
  if (found === null) {
    // The treatment and the columns are there and yet no score: the groups are separated.
    const separated = json.balance !== null && /perfect separation/.test(String(json.overlap_reason));
    return {
      gate: 'overlap',
      value: null,
      threshold: pass,
      result: separated ? 'fail' : 'skipped',
      because: String(json.overlap_reason),
    };
  }
  const value = found.share_common_support;
  return {
    gate: 'overlap',
    value,
    threshold: pass,
    result: value >= pass ? 'pass' : value >= warn ? 'warn' : 'fail',
    because: `${percent(value)} of the rows have a propensity score where both groups have some (at least ${percent(pass)} passes)`,
  };
}

function balanceGate(json: Diagnosis['json']): QualityGate {
  const { pass, warn } = GATE_BOUNDS.balance;
  const rows = (json.balance ?? []) as readonly { column: string; smd_weighted_ate: number | null }[];
  const worst = rows
    .flatMap((row) => (row.smd_weighted_ate === null ? [] : [{ column: row.column, size: Math.abs(row.smd_weighted_ate) }]))
    .reduce<{ column: string; size: number } | null>((a, b) => (a === null || b.size > a.size ? b : a), null);
  if (worst === null) {
    const because = String(json.balance_reason ?? json.balance_weighted_reason ?? 'no column has any spread to compare');
    return { gate: 'balance', value: null, threshold: pass, result: 'skipped', because };
  }
  return {
    gate: 'balance',
    value: worst.size,
    threshold: pass,
    result: worst.size <= pass ? 'pass' : worst.size <= warn ? 'warn' : 'fail',
    because: `after weighting, '${worst.column}' differs most, by ${worst.size.toFixed(3)} standard deviations (at most ${pass} passes)`,
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
