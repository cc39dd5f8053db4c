import type { Dataset } from '@penstock/contracts';

/**
 * 1 − the mean of the shares of missing cells, constant columns and duplicated rows, from 0 to 1.
 * @param duplicated rows that repeat another in the columns that the analysis reads
 */
export function dataHealth({ columns, rows }: Pick<Dataset, 'columns' | 'rows'>, duplicated: number): number | null {
  if (rows === 0 || columns.length === 0) return null;
  const missing = columns.reduce((sum, column) => sum + column.missing, 0) / (rows * columns.length);
  const constant = columns.filter(({ distinct }) => distinct <= 1).length / columns.length;
  return 1 - (missing + constant + duplicated / rows) / 3;
}
