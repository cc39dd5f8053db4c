import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const CHURN = join(import.meta.dirname, 'fixtures', 'churn.ts');
/** No full collection comes by itself before so many megabytes are in use. */
const FLAGS = ['--expose-gc', '--initial-old-space-size=256'];

/** Bytes of 20,000 items that came and left, 16 of them at a time, which scavenges have kept: in a process of its own. */
export const keptAfterChurn = (kind: 'Map' | 'Set' | 'TransientMap' | 'TransientSet'): number =>
  Number(execFileSync(process.execPath, [...FLAGS, CHURN, kind], { encoding: 'utf8' }));
