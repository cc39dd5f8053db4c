export type RobustKind = 'HC0' | 'HC1' | 'HC2' | 'HC3' | 'HC4';

/** Above it a leverage is one but for rounding. */
const ONE = 1 - 1e-10;
/** Below this share of its largest possible value, a quantity's dependence on a row is rounding. */
const UNTOUCHED = 1e-7;

/**
 * Whether a row makes `kind` undefined: with leverage one its residual is zero whatever its outcome, and HC2–HC4
 * divide zero by zero. What does not rest on that row keeps its error.
 */
export function isPinned(kind: RobustKind, leverage: number): boolean {
  return kind !== 'HC0' && kind !== 'HC1' && leverage > ONE;
}

/**
 * Whether a'β rests on a row.
 * @param share a'R^-1 q, q the row of Q
 * @param size a'(X'WX)^-1 a
 */
export function restsOn(share: number, size: number): boolean {
  return Math.abs(share) > UNTOUCHED * Math.sqrt(size);
}

export function pinnedWarning(kind: RobustKind, rows: number): string {
  const which = rows === 1 ? 'one row has' : `${rows} rows have`;
  return `${which} leverage one: ${kind} errors of what rests on it do not exist (HC0, HC1 and classical ones do)`;
}
