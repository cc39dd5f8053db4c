import type { ColumnSummary, Role, SuggestedRole } from '@penstock/contracts';

interface Rule {
  readonly role: Role;
  /** Names as `normal` leaves them. */
  readonly names: readonly string[];
  /** Further names, matched against the normal form. */
  readonly pattern?: RegExp;
  /** What the column must be like, told when it is: a phrase that follows "and". */
  readonly fits: (column: ColumnSummary, rows: number) => string | undefined;
  /** Whether several columns may be suggested. */
  readonly several?: boolean;
}

const isNumeric = ({ type }: ColumnSummary): boolean => type === 'number' || type === 'boolean';
const numeric = (column: ColumnSummary): string | undefined =>
  isNumeric(column) && column.distinct > 1 ? 'it is numeric' : undefined;
const repeating = ({ distinct, missing }: ColumnSummary, rows: number): string | undefined =>
  distinct > 1 && distinct < rows - missing ? `its ${distinct} values repeat` : undefined;

// In the order in which columns are given away: what a name says plainly first.
const RULES: readonly Rule[] = [
  {
    role: 'cohort',
    names: [
      'cohort',
      'gname',
      'firsttreat',
      'firsttreated',
      'firsttreatment',
      'treatmentstart',
      '開始週',
      '開始年',
      '開始月',
      '開始時点',
      '処置開始',
      'コホート',
      '首次处理',
    ],
    fits: repeating,
  },
  {
    role: 'time',
    names: [
      'time',
      'period',
      'year',
      'month',
      'week',
      'day',
      'date',
      'quarter',
      'wave',
      'timestamp',
      '時点',
      '時間',
      '期',
      '期間',
      '年',
      '年度',
      '月',
      '週',
      '日',
      '日付',
      '年月',
      '时间',
      '日期',
      'jahr',
      'zeit',
      'datum',
      'annee',
      'fecha',
      'ano',
      'tiempo',
    ],
    fits: repeating,
  },
  {
    role: 'unit_id',
    names: [
      'id',
      'unit',
      'unitid',
      'uid',
      'subject',
      'subjectid',
      'individual',
      'idname',
      'key',
      'kennung',
      '番号',
      '個体',
      '個人',
    ],
    pattern: /id$|(番号|コード)$/,
    fits: ({ distinct, type }, rows) =>
      distinct > 2 && type !== 'boolean'
        ? distinct === rows
          ? 'it differs in every row'
          : `it tells ${distinct} units apart`
        : undefined,
  },
  {
    role: 'running_variable',
    names: [
      'running',
      'runningvariable',
      'runvar',
      'forcing',
      'forcingvariable',
      'assignmentvariable',
      'ランニング変数',
      '割当変数',
    ],
    fits: numeric,
  },
  {
    role: 'instruments',
    names: [
      'z',
      'z1',
      'z2',
      'z3',
      'instrument',
      'instruments',
      'iv',
      'lottery',
      'encouragement',
      '操作変数',
      '道具変数',
      '工具变量',
    ],
    fits: numeric,
    several: true,
  },
  {
    role: 'treatment',
    names: [
      'w',
      'd',
      'treat',
      'treated',
      'treatment',
      'trt',
      'tx',
      'intervention',
      'campaign',
      'assigned',
      'treatmentgroup',
      'exposed',
      '処置',
      '処置群',
      '介入',
      '施策',
      '治療',
      '投薬',
      'キャンペーン',
      '処理',
      '处理',
      '干预',
      'behandlung',
      'tratamiento',
      'tratamento',
      'traitement',
    ],
    fits: (column) => (column.distinct === 2 ? 'it has two values' : numeric(column)),
  },
  {
    role: 'y',
    names: [
      'y',
      'outcome',
      'response',
      'target',
      'result',
      'sales',
      'revenue',
      'earnings',
      'dependentvariable',
      'depvar',
      'アウトカム',
      '結果',
      '成果',
      '目的変数',
      '売上',
      '売上高',
      '结果',
      '因变量',
      'ergebnis',
      'resultado',
      'resultat',
    ],
    fits: numeric,
  },
  {
    role: 'cluster',
    names: ['cluster', 'clusterid', 'clustervar', 'クラスタ', 'クラスター', '集落'],
    fits: repeating,
    several: true,
  },
  {
    role: 'weight',
    names: [
      'weight',
      'weights',
      'wt',
      'sampleweight',
      'samplingweight',
      'pweight',
      'pw',
      '重み',
      'ウェイト',
      'ウエイト',
      '权重',
      'gewicht',
    ],
    fits: (column) =>
      column.type === 'number' && typeof column.min === 'number' && column.min >= 0 ? 'it is never negative' : undefined,
  },
  { role: 'strata', names: ['strata', 'stratum', 'block', 'blocks', '層', '層別', 'ブロック'], fits: repeating, several: true },
  { role: 'exposure', names: ['exposure', 'exposures', '曝露'], fits: numeric },
  { role: 'dose', names: ['dose', 'dosage', '用量', '投与量'], fits: numeric },
  { role: 'domain', names: ['domain', 'ドメイン', '領域'], fits: repeating },
];

/**
 * Roles that the columns probably have, each with the reason. At most one role for a column; where two columns could
 * have a role that takes one, the one that is named first in the rule wins. A suggestion is never applied unasked.
 *
 * @param rows number of rows of the data set
 */
export function suggestRoles(columns: readonly ColumnSummary[], rows: number): SuggestedRole[] {
  const free = new Map(columns.map((column): [string, Named] => [column.name, { column, normal: normal(column.name) }]));
  const suggested: SuggestedRole[] = [];
  const give = (role: Role, column: string, because: string): void => {
    suggested.push({ role, column, because });
    free.delete(column);
  };
  for (const rule of RULES) {
    for (const { column, because } of matches(rule, [...free.values()], rows)) give(rule.role, column, because);
  }
  suggestByContent(
    [...free.values()].map(({ column }) => column),
    rows,
    new Set(suggested.map(({ role }) => role)),
    give,
  );
  return suggested.sort((a, b) => order(a.role) - order(b.role));
}

interface Named {
  readonly column: ColumnSummary;
  /** The name as `normal` makes it. */
  readonly normal: string;
}

function matches({ names, pattern, fits, role, several }: Rule, columns: readonly Named[], rows: number) {
  const found = columns.flatMap(({ column, normal: name }) => {
    const rank = names.indexOf(name);
    const reason = rank < 0 && !pattern?.test(name) ? undefined : fits(column, rows);
    if (reason === undefined) return [];
    const because = `the name "${column.name}" is a usual one for ${MEANING[role] ?? role}, and ${reason}`;
    return [{ column: column.name, because, rank: rank < 0 ? names.length : rank }];
  });
  found.sort((a, b) => a.rank - b.rank);
  return several ? found : found.slice(0, 1);
}

/** What content alone tells, for the two roles every analysis needs and the unit. */
function suggestByContent(
  free: readonly ColumnSummary[],
  rows: number,
  given: ReadonlySet<string>,
  give: (role: Role, column: string, because: string) => void,
): void {
  const binary = free.filter(({ distinct, missing }) => distinct === 2 && missing === 0);
  if (!given.has('treatment') && binary.length === 1) give('treatment', binary[0]!.name, 'it is the only column with two values');
  const measured = free.filter(({ type, distinct }) => type === 'number' && distinct > 2 && distinct < rows);
  if (!given.has('y') && measured.length === 1) give('y', measured[0]!.name, 'it is the only measured column left');
  const first = free[0];
  const unique = first !== undefined && first.distinct === rows && rows > 2 && (first.type === 'text' || isCounter(first, rows));
  if (!given.has('unit_id') && unique) give('unit_id', first.name, 'it comes first and differs in every row');
}

const isCounter = ({ type, min, max }: ColumnSummary, rows: number): boolean =>
  type === 'number' && typeof min === 'number' && typeof max === 'number' && Number.isInteger(min) && max - min === rows - 1;

const MEANING: Partial<Record<Role, string>> = {
  y: 'outcomes',
  treatment: 'treatments',
  unit_id: 'units',
  time: 'time',
  cohort: 'the first treated period',
  instruments: 'instruments',
  running_variable: 'running variables',
  cluster: 'clusters',
  weight: 'weights',
  strata: 'strata',
};

const SHOWN_ORDER: readonly Role[] = ['y', 'treatment', 'unit_id', 'time', 'cohort'];
const order = (role: string): number => {
  const at = SHOWN_ORDER.indexOf(role as Role);
  return at < 0 ? SHOWN_ORDER.length : at;
};

/** Width, case, accents and separators do not matter. */
const normal = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC')
    .replace(/[\s_.-]+/g, '');
