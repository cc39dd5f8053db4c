/**
 * Log lines of both real services in a real Elasticsearch, with the template and the shipper's configuration of deploy/logs.
 * `npm run test:logs`; needs a Docker engine, or ELASTICSEARCH_URL. The shipper is filebeat where there is one (FILEBEAT_BIN,
 * or on the path); elsewhere the lines go in over the bulk API, as filebeat.yml has it, and the run says so.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startOtlpCollector } from '../support/otlp-collector.ts';
import { Pair } from '../support/pair.ts';
import { analysisRequest, analyze } from '../support/requests.ts';
import { writeDockerLog } from './support/docker-log.ts';
import { Elasticsearch } from './support/elasticsearch.ts';
import { Filebeat, findFilebeat } from './support/filebeat.ts';
import { shipInBulk } from './support/ship-in-bulk.ts';

const available = await Elasticsearch.available();
if (available !== true && process.env.CI === 'true') throw new Error(`no Elasticsearch because ${available}`);

const traceIdOf = (headers: Headers): string => headers.get('traceparent')?.split('-')[1] ?? '';
const isLine = (line: string): boolean => line.startsWith('{');

/** What both services wrote while these requests were made, and the traces of two of them. */
async function linesOfAPair() {
  const collector = await startOtlpCollector();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, LOG_LEVEL: 'debug', DRAIN_PROPAGATION_MS: '0' };
  const pair = await Pair.start({ engineEnv: env, gatewayEnv: { ...env, RETRY_BASE_MS: '10' } });
  try {
    const good = await analyze(pair.gatewayUrl, analysisRequest());
    assert.equal(good.status, 200);
    for (let seed = 1; seed <= 3; seed++) await analyze(pair.gatewayUrl, analysisRequest({ seed, figures: false }));
    await analyze(pair.gatewayUrl, {});
    pair.engine.kill('SIGTERM');
    await pair.engine.exited;
    const failed = await analyze(pair.gatewayUrl, analysisRequest({ seed: 100 }));
    assert.equal(failed.status, 503);
    pair.gateway.kill('SIGTERM');
    await pair.gateway.exited;
    return {
      engine: pair.engine.output.split('\n').filter(isLine),
      gateway: pair.gateway.output.split('\n').filter(isLine),
      goodTrace: traceIdOf(good.headers),
      failedTrace: traceIdOf(failed.headers),
    };
  } finally {
    await pair.stop();
    await collector.stop();
  }
}

describe('the log lines of both services in Elasticsearch', {
  skip: available === true ? false : `skipped: no Elasticsearch because ${available}`,
}, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'penstock-logs-'));
  let elasticsearch: Elasticsearch;
  let filebeat: Filebeat | undefined;
  let lines: Awaited<ReturnType<typeof linesOfAPair>>;

  before(async () => {
    elasticsearch = await Elasticsearch.start();
    await elasticsearch.setUp();
    lines = await linesOfAPair();
    const binary = await findFilebeat();
    if (binary !== undefined) filebeat = await Filebeat.start(binary, folder, elasticsearch.url);
    else console.log('There is no filebeat here: the lines go in over the bulk API, as filebeat.yml would have them');
  });
  after(async () => {
    await filebeat?.stop();
    await elasticsearch?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** @returns the reasons of refused lines, as far as they are known at once */
  async function ship(container: string, shipped: readonly string[]): Promise<readonly string[]> {
    if (filebeat === undefined) return shipInBulk(elasticsearch, shipped);
    writeDockerLog(folder, container, shipped);
    return [];
  }

  it('arrive, every one of them, and none is refused', async () => {
    const written = [...lines.engine, ...lines.gateway];
    assert.ok(lines.engine.length > 5 && lines.gateway.length > 10, `${lines.engine.length}, ${lines.gateway.length} lines`);
    assert.deepEqual(await ship('engine', [...lines.engine, 'a line of another program']), []);
    assert.deepEqual(await ship('gateway', lines.gateway), []);
    const found = await elasticsearch.untilFound('all lines', written.length, { match_all: {} });
    assert.deepEqual(
      found.filter(({ index }) => index === 'penstock-logs-rejected'),
      [],
    );
    assert.equal(found.length, written.length);
  });

  it('are found by the trace id of a reply, those of both services', async () => {
    assert.match(lines.goodTrace, /^[0-9a-f]{32}$/);
    const found = await elasticsearch.search({ term: { 'trace.id': lines.goodTrace } });
    const mine = [...lines.engine, ...lines.gateway].filter((line) => line.includes(lines.goodTrace));
    assert.equal(found.length, mine.length);
    for (const service of ['gateway', 'engine']) {
      const ofService = await elasticsearch.search({
        bool: { filter: [{ term: { 'trace.id': lines.goodTrace } }, { term: { 'service.name': service } }] },
      });
      assert.ok(ofService.length > 0, service);
    }
  });

  it('answer the questions of the saved searches: what was severe, what failed, what took long, what a message says', async () => {
    const severe = await elasticsearch.search({
      bool: { filter: [{ term: { 'trace.id': lines.failedTrace } }, { terms: { 'log.level': ['warn', 'error', 'fatal'] } }] },
    });
    assert.ok(severe.length > 0);
    assert.ok((await elasticsearch.search({ range: { 'http.response.status_code': { gte: 500 } } })).length > 0);
    assert.ok((await elasticsearch.search({ range: { 'event.duration': { gte: 1 } } })).length > 0);
    assert.ok((await elasticsearch.search({ match_phrase: { message: 'initiating shutdown' } })).length === 2);
  });

  it('lie in an index that maps no other field than those of the template', async () => {
    type Indices = Record<string, { mappings: { dynamic: string; properties: unknown } }>;
    type Templates = { index_templates: { index_template: { template: { mappings: { properties: unknown } } } }[] };
    const indices = await elasticsearch.request<Indices>('GET', 'penstock-logs-2*/_mapping');
    const { index_templates } = await elasticsearch.request<Templates>('GET', '_index_template/penstock-logs');
    assert.ok(Object.keys(indices).length > 0);
    for (const { mappings } of Object.values(indices)) {
      assert.equal(mappings.dynamic, 'false');
      assert.deepEqual(mappings.properties, index_templates[0]?.index_template.template.mappings.properties);
    }
  });

  it('are not lost silently where a field does not fit: Elasticsearch says which, and filebeat keeps the line', async () => {
    const line = { ...JSON.parse(lines.gateway[0]!), message: 'does not fit', 'http.response.status_code': 'none' };
    const refused = await ship('misfit', [JSON.stringify(line)]);
    if (filebeat === undefined) {
      assert.equal(refused.length, 1);
      assert.match(refused[0]!, /failed to parse field \[http\.response\.status_code\]/);
      return;
    }
    const [kept] = await elasticsearch.untilFound('the refused line', 1, { match: { message: 'fit' } });
    assert.equal(kept?.index, 'penstock-logs-rejected');
    assert.match(String(kept?.source['error.message']), /failed to parse field \[http\.response\.status_code\]/);
  });
});
