import { ProblemError } from '@penstock/contracts';
import { FieldReader } from './fields.ts';

const CANDIDATES = [',', '\t', ';', '|'] as const;
const RECORDS_LOOKED_AT = 200;

/**
 * The delimiter that splits the header and gives most records as many fields; among equals the one that gives more.
 * A comma where none splits anything: one column.
 *
 * @param head the beginning of the text, whole lines
 */
export function sniffDelimiter(head: string): string {
  let best = { delimiter: ',', agreeing: 0, fields: 1 };
  for (const delimiter of CANDIDATES) {
    const counts = fieldCounts(head, delimiter);
    const fields = counts[0] ?? 0;
    if (fields < 2) continue;
    const agreeing = counts.filter((count) => count === fields).length / counts.length;
    if (agreeing > best.agreeing || (agreeing === best.agreeing && fields > best.fields)) best = { delimiter, agreeing, fields };
  }
  return best.delimiter;
}

function fieldCounts(head: string, delimiter: string): number[] {
  const counts: number[] = [];
  const reader = new FieldReader(delimiter, ({ fields }) => counts.push(fields.length));
  try {
    // Line by line, so that a large head costs no more than the records looked at.
    for (const line of head.split(/(?<=\n)/)) {
      if (counts.length >= RECORDS_LOOKED_AT) break;
      reader.push(line);
    }
  } catch (error) {
    // Quotes that make no sense under this delimiter: what was counted before them still tells.
    if (!(error instanceof ProblemError)) throw error;
  }
  return counts;
}
