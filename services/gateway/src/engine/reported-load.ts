import type { IncomingHttpHeaders } from 'node:http';
import { HEADERS } from '@penstock/contracts';

/** Tasks that an engine says it runs and keeps waiting; undefined where it says nothing that can be understood. */
export function reportedLoad(headers: IncomingHttpHeaders): number | undefined {
  const value = headers[HEADERS.load];
  if (typeof value !== 'string') return undefined;
  const fields = new Map(value.split(';').map((field) => field.split('=').map((part) => part.trim()) as [string, string]));
  const tasks = Number(fields.get('active')) + Number(fields.get('queued'));
  return Number.isSafeInteger(tasks) && tasks >= 0 ? tasks : undefined;
}
