import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const DOCUMENT = readFileSync(path.join(import.meta.dirname, '../../docs/spans.md'), 'utf8');

/** Cells of the rows of one table of docs/spans.md. */
export function tableOf(heading: 'Spans' | 'Attributes' | 'Events'): string[][] {
  const section = DOCUMENT.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('| `'));
  assert.ok(lines.length > 0, `docs/spans.md has a table of ${heading}`);
  return lines.map((line) => line.slice(2, -2).split(' | '));
}

/** The names in a cell. */
export const namesIn = (cell: string | undefined): string[] =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);
