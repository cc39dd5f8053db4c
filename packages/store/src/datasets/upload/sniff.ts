import { type FileHandle, open } from 'node:fs/promises';
import { ProblemError } from '@penstock/contracts';
import { ACCEPTED, quoted, unreadable } from './unreadable.ts';

export type Format = 'delimited' | 'json' | 'parquet';

const HEAD_BYTES = 64 * 1024;

const KNOWN: readonly (readonly [magic: string, what: string])[] = [
  ['89504e470d0a1a0a', 'a PNG image'],
  ['ffd8ff', 'a JPEG image'],
  ['25504446', 'a PDF document'],
  ['d0cf11e0a1b11ae1', 'an old Excel or Word file'],
  ['28b52ffd', 'zstd-compressed'],
  ['fd377a585a00', 'xz-compressed'],
  ['425a68', 'bzip2-compressed'],
  ['377abcaf271c', 'a 7z archive'],
  ['1f8b', 'gzipped twice'],
  ['4152524f5731', 'an Arrow file'],
  ['53514c69746520666f726d6174', 'an SQLite database'],
];

interface Claims {
  readonly contentType?: string;
  readonly filename?: string;
}

/**
 * The format, by content; what the upload claims decides only where the content leaves it open.
 *
 * @throws ProblemError not_available (XLSX), dataset_unreadable (says what it looks like and what is accepted)
 */
export async function sniff(path: string, claims: Claims): Promise<Format> {
  const file = await open(path, 'r');
  try {
    return await decide(file, claims);
  } finally {
    await file.close();
  }
}

async function decide(file: FileHandle, claims: Claims): Promise<Format> {
  const buffer = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.read(buffer, 0, HEAD_BYTES, 0);
  const head = buffer.subarray(0, bytesRead);
  const claimed = claim(claims);
  if (head.length === 0) throw unreadable('The upload is empty once decompressed (0 bytes)');
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
  refuseOthers(head, claims);
  if (claimed === 'parquet') throw unreadable(`The upload claims to be Parquet and does not begin with "PAR1". ${ACCEPTED}`);

  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (text === '') throw unreadable(`The upload holds nothing but blanks. ${ACCEPTED}`);
  if (/^<(!doctype|html|\?xml)/i.test(text)) throw unreadable(`The upload is an HTML or XML page. ${ACCEPTED}`);
  const looksJson = /^[[{]/.test(text);
  if (claimed === 'json' && !looksJson) {
    throw unreadable(`The upload claims to be JSON and begins with ${quoted(text.slice(0, 20))}. ${ACCEPTED}`);
  }
  return looksJson && claimed !== 'delimited' ? 'json' : 'delimited';
}

function refuseOthers(head: Buffer, { filename = '' }: Claims): void {
  if (head.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004') {
    if (head.includes('xl/') || head.includes('[Content_Types].xml') || /\.xlsx?$/i.test(filename)) {
      throw new ProblemError('not_available', `XLSX cannot be read in this version: save the sheet as CSV. ${ACCEPTED}.`);
    }
    throw unreadable(`The upload is a ZIP archive. ${ACCEPTED}`);
  }
  const hex = head.subarray(0, 16).toString('hex');
  const known = KNOWN.find(([magic]) => hex.startsWith(magic));
  if (known !== undefined) throw unreadable(`The upload is ${known[1]}. ${ACCEPTED}`);
  if (/^(fffe|feff)/.test(hex)) throw unreadable(`The upload is UTF-16 or UTF-32 text: save it as UTF-8. ${ACCEPTED}`);
  const nul = head.indexOf(0);
  if (nul >= 0) throw unreadable(`The upload is binary, or text in another encoding than UTF-8: byte ${nul} is 0. ${ACCEPTED}`);
}

function claim({ contentType = '', filename = '' }: Claims): Format | undefined {
  const name = filename.toLowerCase().replace(/\.gz$/, '');
  if (/\.(csv|tsv|tab|txt)$/.test(name)) return 'delimited';
  if (/\.(json|ndjson|jsonl)$/.test(name)) return 'json';
  if (/\.(parquet|pq)$/.test(name)) return 'parquet';
  const type = contentType.toLowerCase().split(';')[0]?.trim() ?? '';
  if (type === 'text/csv' || type === 'text/tab-separated-values') return 'delimited';
  if (type === 'application/json' || /^application\/(x-)?(ndjson|jsonl|json-lines)$/.test(type)) return 'json';
  return type.includes('parquet') ? 'parquet' : undefined;
}
