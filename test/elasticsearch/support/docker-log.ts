import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes lines as Docker's json-file driver keeps those of one container. */
export function writeDockerLog(folder: string, container: string, lines: readonly string[]): void {
  const entries = lines.map((line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: new Date().toISOString() }));
  mkdirSync(path.join(folder, container), { recursive: true });
  writeFileSync(path.join(folder, container, `${container}-json.log`), `${entries.join('\n')}\n`);
}
