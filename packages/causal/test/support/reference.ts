import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../../..');
const FOLDER = process.env.REFERENCE_DIR ?? resolve(ROOT, '../shared/reference');

export interface GoldenRow {
  readonly id: string;
  readonly estimate: number | readonly number[];
  readonly se?: number | readonly number[];
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Why the reference rows cannot be compared here, or false when they can: the `skip` of node:test. */
export const referenceMissing: string | false = existsSync(join(FOLDER, 'golden.json'))
  ? false
  : 'skipped: no reference data here; set REFERENCE_DIR to a folder with golden.json and data/';

export function referenceFile(name: string): string {
  return join(FOLDER, 'data', name);
}

let rows: readonly GoldenRow[] | undefined;

export function golden(id: string): GoldenRow {
  rows ??= JSON.parse(readFileSync(join(FOLDER, 'golden.json'), 'utf8')) as readonly GoldenRow[];
  const row = rows.find((candidate) => candidate.id === id);
  if (!row) throw new RangeError(`no golden row '${id}'`);
  return row;
}

/** Fails unless every number is within `tolerance` of the expected one, relative to it (absolute for zero). */
export function assertClose(actual: unknown, expected: unknown, what: string, tolerance = 1e-6): void {
  const [got, want] = [[actual].flat(), [expected].flat()];
  assert.equal(got.length, want.length, `${what}: ${got.length} numbers instead of ${want.length}`);
  want.forEach((value, i) => {
    const target = value as number;
    const off = Math.abs((got[i] as number) - target) / (target === 0 ? 1 : Math.abs(target));
    assert.ok(off <= tolerance, `${what}[${i}]: ${got[i]} instead of ${target} (off by ${off.toExponential(2)})`);
  });
}
