import type { Elasticsearch } from './elasticsearch.ts';

/**
 * What deploy/logs/filebeat.yml makes of lines, done here where there is no filebeat: the fields of lines of the two
 * services become documents of the day's index, all others are dropped. No field is added.
 * @returns the reasons of those that Elasticsearch refused
 */
export async function shipInBulk(elasticsearch: Elasticsearch, lines: readonly string[]): Promise<readonly string[]> {
  const documents = lines.flatMap((line) => {
    const fields = fieldsOf(line);
    return fields['service.name'] === 'gateway' || fields['service.name'] === 'engine' ? [fields] : [];
  });
  const body = documents.flatMap((fields) => {
    const day = String(fields['@timestamp']).slice(0, 10).replaceAll('-', '.');
    return [JSON.stringify({ create: { _index: `penstock-logs-${day}` } }), JSON.stringify(fields)];
  });
  const { items } = await elasticsearch.request<{ items: { create: { error?: { reason: string } } }[] }>(
    'POST',
    '_bulk',
    `${body.join('\n')}\n`,
    'application/x-ndjson',
  );
  return items.flatMap(({ create }) => (create.error === undefined ? [] : [create.error.reason]));
}

function fieldsOf(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    // No JSON: not a line of the services.
    return {};
  }
}
