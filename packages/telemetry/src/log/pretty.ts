/** Fields that are said elsewhere in the line, or are the same in all of them. */
const HIDDEN = new Set([
  '@timestamp',
  'ecs.version',
  'event.dataset',
  'host.hostname',
  'log.level',
  'message',
  'process.pid',
  'service.name',
  'service.version',
  'span.id',
  'trace.id',
  'error',
  'event.duration',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'reqId',
]);

/** One ECS line as a short line for a person: time, level, service, message, what else it carries, start of the trace id. */
export function prettyLine(ecsLine: string): string {
  const record = JSON.parse(ecsLine) as Record<string, unknown>;
  const at = new Date(String(record['@timestamp']));
  const parts = [
    `${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}.${String(at.getMilliseconds()).padStart(3, '0')}`,
    String(record['log.level']).toUpperCase().padEnd(5),
    String(record['service.name']).padEnd(7),
    String(record.message ?? ''),
  ];
  for (const [name, value] of Object.entries(record)) {
    if (!HIDDEN.has(name)) parts.push(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
  if (record['trace.id'] !== undefined) parts.push(`trace=${String(record['trace.id']).slice(0, 8)}`);
  const stack = (record.error as { stack_trace?: string } | undefined)?.stack_trace;
  return `${parts.join('  ')}\n${stack === undefined ? '' : `${stack}\n`}`;
}

const two = (value: number): string => String(value).padStart(2, '0');
