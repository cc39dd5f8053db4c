/** Field texts that mean "missing", whatever the column's type; empty is one of them. */
export const MISSING = ['', 'NA', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', 'NAN', 'NULL', 'Null', 'null', 'None', '<NA>'] as const;

export type Kind = 'number' | 'boolean' | 'timestamp' | 'text';

const NUMERIC = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?inf(inity)?$/i;
const BOOLEAN = /^(true|false)$/i;
export const DATE = String.raw`^\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ].*)?$`;
export const DECIMAL_COMMA = String.raw`^[+-]?\d*,\d+$`;
const IS_DATE = new RegExp(DATE);
const HAS_DECIMAL_COMMA = new RegExp(DECIMAL_COMMA);

/**
 * The only type besides text that a column can still have, told from its first value that is not missing. A column
 * without any is a number column: nothing in it says otherwise.
 */
export function kindByFirst(first: string | undefined, decimalComma: boolean): Kind {
  const text = first?.trim();
  if (text === undefined || NUMERIC.test(text) || INFINITE.test(text)) return 'number';
  if (decimalComma && HAS_DECIMAL_COMMA.test(text)) return 'number';
  if (BOOLEAN.test(text)) return 'boolean';
  return IS_DATE.test(text) ? 'timestamp' : 'text';
}
