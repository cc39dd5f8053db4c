import { isUtf8 } from 'node:buffer';
import { ProblemError } from '@penstock/contracts';
import { findJsonFault } from './scan-json.ts';

/** No request of the contract needs more than 4. */
const MAX_DEPTH = 32;

/**
 * Parses a body as strict JSON in UTF-8 (a byte order mark is let pass).
 * @throws ProblemError invalid_json, saying what is wrong and where
 */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw invalid('The body is empty; a JSON object is expected');
  if (!isUtf8(bytes)) throw invalid(`The body is not UTF-8: invalid sequence at byte ${invalidByte(bytes)}`);
  const text = new TextDecoder().decode(bytes);
  const fault = findJsonFault(text, MAX_DEPTH);
  if (fault !== undefined) throw invalid(`${fault.message}, at ${place(text, fault.at)}`);
  return JSON.parse(text);
}

const invalid = (detail: string): ProblemError => new ProblemError('invalid_json', detail);

function place(text: string, at: number): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return `line ${line}, column ${at - (before.lastIndexOf('\n') + 1) + 1} (position ${at})`;
}

/** Offset of the first byte that does not decode, by bisection over prefixes cut between characters. */
function invalidByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    // A prefix that only ends inside a character decodes as a stream.
    if (decodes(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function decodes(prefix: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(prefix, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
