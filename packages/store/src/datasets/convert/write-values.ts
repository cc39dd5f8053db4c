import type { ColumnSummary } from '@penstock/contracts';
import type { ColumnFileWriter } from '../column-file.ts';
import { countDistinct } from '../direct/distinct-counter.ts';
import type { Pieces } from '../direct/gatherer.ts';
import { toLevels } from './levels.ts';
import { NumberSummary, PREVIEW_ROWS, shortened, textSummary } from './summarise.ts';

export interface WrittenColumn {
  readonly summary: ColumnSummary;
  readonly preview: readonly unknown[];
}

export interface NumberColumn {
  readonly name: string;
  readonly type: 'number' | 'boolean';
}

export interface TextColumn {
  readonly name: string;
  readonly type: 'text' | 'timestamp';
}

/** Writes a column whose values are at hand, and sums it up. NaN: missing. */
export async function writeNumbers(
  writer: ColumnFileWriter,
  { name, type }: NumberColumn,
  pieces: Pieces,
): Promise<WrittenColumn> {
  const summary = new NumberSummary(type);
  writer.begin(name, type);
  for (const piece of pieces()) {
    summary.add(piece);
    await writer.values(piece);
  }
  return { summary: summary.finish(name, countDistinct(pieces, summary.rows)), preview: summary.preview };
}

/** @param codes each value's index into `texts`, in which a text may be twice; NaN: missing */
export async function writeTexts(
  writer: ColumnFileWriter,
  { name, type }: TextColumn,
  codes: Pieces,
  texts: readonly string[],
): Promise<WrittenColumn> {
  const { levels, codes: ranks } = toLevels(texts);
  const preview: (string | null)[] = [];
  let missing = 0;
  writer.begin(name, type);
  await writer.levels(JSON.stringify(levels));
  for (const piece of codes()) {
    const ranked = new Int32Array(piece.length);
    for (let row = 0; row < piece.length; row++) {
      const code = piece[row] as number;
      const known = !Number.isNaN(code);
      ranked[row] = known ? (ranks[code] as number) : -1;
      if (!known) missing++;
      if (preview.length < PREVIEW_ROWS) preview.push(known ? shortened(texts[code] as string) : null);
    }
    await writer.values(ranked);
  }
  return { summary: textSummary(name, type, missing, levels.length, [levels[0], levels.at(-1)]), preview };
}

/** @param values null: missing */
export function writeTextValues(
  writer: ColumnFileWriter,
  column: TextColumn,
  values: readonly (string | null)[],
): Promise<WrittenColumn> {
  const codeOf = new Map<string, number>();
  const codes = Float64Array.from(values, (value) => {
    if (value === null) return Number.NaN;
    const code = codeOf.get(value) ?? codeOf.size;
    codeOf.set(value, code);
    return code;
  });
  return writeTexts(writer, column, () => [codes], [...codeOf.keys()]);
}
