import type { Sample, SampleColumn } from './sample.ts';

/** RFC 4180 with line feeds; missing values are empty fields. Uploaded again it has the content hash of the sample. */
export function toCsv({ columns }: Pick<Sample, 'columns'>): string {
  const rows = columns[0]?.values.length ?? 0;
  const lines = [columns.map(({ name }) => field(name)).join(',')];
  for (let row = 0; row < rows; row++) lines.push(columns.map((column) => field(cell(column, row))).join(','));
  return `${lines.join('\n')}\n`;
}

function cell(column: SampleColumn, row: number): string {
  if (column.type === 'text') return column.values[row] ?? '';
  const value = column.values[row] as number;
  if (Number.isNaN(value)) return '';
  return column.type === 'boolean' ? String(value === 1) : String(value);
}

const field = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
