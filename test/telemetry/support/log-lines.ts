import assert from 'node:assert/strict';
import type { Service } from './signals.ts';

/** A log line in the Elastic Common Schema, whose names have dots where they are not nested. */
export type LogLine = Readonly<Record<string, unknown>>;

/** @throws Error for a line that is not JSON */
export function logLines(output: string): LogLine[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return JSON.parse(line) as LogLine;
      } catch {
        throw new Error(`a line that is not JSON: ${line}`);
      }
    });
}

/** The value of a name with dots, nested or not. */
export function field(line: LogLine, name: string): unknown {
  if (name in line) return line[name];
  return name.split('.').reduce<unknown>((value, key) => (value as LogLine | undefined)?.[key], line);
}

/** Whether a line has what every line must have. */
export function assertEcs(line: LogLine, service: Service): void {
  const text = JSON.stringify(line);
  assert.ok(!Number.isNaN(Date.parse(String(field(line, '@timestamp')))), text);
  assert.ok(['debug', 'info', 'warn', 'error', 'fatal'].includes(String(field(line, 'log.level'))), text);
  assert.equal(typeof field(line, 'message'), 'string', text);
  assert.equal(field(line, 'service.name'), service, text);
  assert.match(String(field(line, 'ecs.version')), /^\d+\.\d+/, text);
}
