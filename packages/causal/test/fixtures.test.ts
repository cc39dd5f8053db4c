/**
 * Every estimator against statsmodels, linearmodels, scipy and numpy on the shipped sample data sets
 * (fixtures/make_fixtures.py says which number is whose, with versions and seeds).
 *
 * Tolerance 1e-8 relative for all numbers: both sides are closed forms, or maxima of a concave likelihood
 * polished by Newton steps, in double precision on well-conditioned data, so that they differ by rounding
 * only (about 1e-12). Except p-values, 1e-6: in the tails they multiply a relative error of the statistic by its square,
 * and scipy's own incomplete beta is good to about 1e-10 there.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ResolvedOptions } from '@penstock/contracts';
import { diagnose } from '../src/diagnostics/diagnose.ts';
import { aipw } from '../src/estimators/aipw.ts';
import { did2x2 } from '../src/estimators/did_2x2.ts';
import { differenceInMeans } from '../src/estimators/difference_in_means.ts';
import { gComputation } from '../src/estimators/g_computation.ts';
import { ipwAte } from '../src/estimators/ipw_ate.ts';
import { ipwAtt } from '../src/estimators/ipw_att.ts';
import { iv2sls } from '../src/estimators/iv_2sls.ts';
import { lin } from '../src/estimators/lin.ts';
import { ols } from '../src/estimators/ols.ts';
import { propensityMatching } from '../src/estimators/propensity_matching.ts';
import { propensityStratification } from '../src/estimators/propensity_stratification.ts';
import type { AnalysisInput } from '../src/types.ts';
import { numberColumn, readCsv, type Table, textColumn } from './support/csv.ts';
import { binaryInput, CONTEXT, type Covariate, codes, OPTIONS } from './support/input.ts';
import { assertClose } from './support/reference.ts';

interface Mapping {
  readonly y: string;
  readonly treatment: string;
  readonly covariates?: readonly string[];
  readonly instruments?: readonly string[];
  readonly cluster?: string;
  readonly unit_id?: string;
  readonly time?: string;
}

interface Case {
  readonly id: string;
  readonly dataset: string;
  readonly mapping: Mapping;
  readonly estimator: string;
  readonly options: Partial<ResolvedOptions>;
  readonly where?: Readonly<Record<string, readonly number[]>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

const FOLDER = join(import.meta.dirname, 'fixtures');
const { cases } = JSON.parse(readFileSync(join(FOLDER, 'fixtures.json'), 'utf8')) as { cases: readonly Case[] };
const ESTIMATORS = [
  differenceInMeans,
  ols,
  lin,
  gComputation,
  ipwAte,
  ipwAtt,
  aipw,
  propensityStratification,
  propensityMatching,
  iv2sls,
  did2x2,
];

describe('on the sample data sets the estimators agree with other software', () => {
  for (const row of cases) {
    test(row.id, () => {
      const found = run(row);
      for (const [path, expected] of Object.entries(row.expected)) {
        const actual = pick(found, path.split('.'));
        if (path.endsWith('.column')) assert.deepEqual(actual, expected, path);
        else assertClose(actual, expected, path, path.endsWith('p_value') ? 1e-6 : 1e-8);
      }
    });
  }

  test('no estimator is left out', () => {
    const compared = new Set(cases.map((row) => row.estimator));
    assert.deepEqual(
      ESTIMATORS.map((estimator) => estimator.name).filter((name) => !compared.has(name)),
      [],
    );
  });
});

function run(row: Case): unknown {
  const input = inputOf(row);
  const options = { ...OPTIONS, ...row.options };
  if (row.estimator === 'diagnose') return diagnose(input, options, CONTEXT).json;
  const estimator = ESTIMATORS.find((candidate) => candidate.name === row.estimator);
  assert.ok(estimator, `no estimator '${row.estimator}'`);
  const { estimate, stdError, ciLower, ciUpper, pValue, details } = estimator.estimate(input, options, CONTEXT);
  return { estimate, std_error: stdError, ci_lower: ciLower, ci_upper: ciUpper, p_value: pValue, details };
}

function inputOf({ dataset, mapping, where = {} }: Case): AnalysisInput {
  const table = rowsWhere(readCsv(join(FOLDER, dataset)), where);
  const covariates = (mapping.covariates ?? []).map((name): Covariate => {
    const texts = textColumn(table, name);
    return texts.every((text) => Number.isFinite(Number(text))) ? [name, texts.map(Number)] : [name, texts];
  });
  const instruments = (mapping.instruments ?? []).map((name) => ({ name, values: numberColumn(table, name) }));
  const groups = (name: string) => codes(name, textColumn(table, name));
  return binaryInput({
    y: numberColumn(table, mapping.y),
    treatment: textColumn(table, mapping.treatment).map((text) => (text === 'true' ? 1 : text === 'false' ? 0 : Number(text))),
    covariates,
    more: {
      instruments,
      clusters: mapping.cluster === undefined ? [] : [groups(mapping.cluster)],
      ...(mapping.unit_id === undefined ? {} : { unit: groups(mapping.unit_id) }),
      ...(mapping.time === undefined ? {} : { time: groups(mapping.time) }),
    },
  });
}

function rowsWhere(table: Table, where: Readonly<Record<string, readonly number[]>>): Table {
  const kept = table.rows.filter((cells) =>
    Object.entries(where).every(([name, values]) => values.includes(Number(cells[table.header.indexOf(name)]))),
  );
  return { header: table.header, rows: kept };
}

/** Follows a path through objects; '*' gathers from every entry of a list. */
function pick(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  if (key === '*') return (value as unknown[]).map((entry) => pick(entry, rest));
  return pick((value as Record<string, unknown>)[key], rest);
}
