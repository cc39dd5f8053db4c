import { LIMITS } from '@penstock/contracts';
import { quoted, unreadable } from './upload/unreadable.ts';

/** Characters a column name may have: what a `mapping` can name. */
const LONGEST_NAME = 512;

/**
 * @param where how the message begins, e.g. `Line 1: the header`
 * @throws ProblemError dataset_unreadable: too many, empty, too long or repeated names
 */
export function checkColumnNames(names: readonly string[], where: string): void {
  if (names.length === 0) throw unreadable(`${where} has no columns`);
  if (names.length > LIMITS.columns)
    throw unreadable(`${where} has ${names.length} columns, at most ${LIMITS.columns} are accepted`);
  const empty = names.indexOf('');
  if (empty >= 0) {
    throw unreadable(
      `${where} has no name for column ${empty + 1}: give every column a name (a row number could be called "id")`,
    );
  }
  const long = names.find((name) => name.length > LONGEST_NAME);
  if (long !== undefined)
    throw unreadable(`${where} has a name of ${long.length} characters, at most ${LONGEST_NAME} are accepted`);
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of names) (seen.has(name) ? repeated : seen).add(name);
  if (repeated.size > 0) {
    const listed = [...repeated].slice(0, 10).map(quoted).join(', ');
    throw unreadable(`${where} names more than one column ${listed}: names must differ`);
  }
}
