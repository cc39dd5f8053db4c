import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Compose } from '../../compose/compose.ts';
import { until } from '../../support/process.ts';
import type { Available } from '../../support/require-server.ts';

const PORT = '19200';
const SETUP = path.join(import.meta.dirname, '../../../deploy/logs/setup.sh');

export interface LogDocument {
  readonly index: string;
  readonly source: Readonly<Record<string, unknown>>;
}

class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A real Elasticsearch: the one at `ELASTICSEARCH_URL`, or the container of docker-compose.full.yml. */
export class Elasticsearch {
  readonly url: string;
  readonly #compose: Compose | undefined;
  readonly #since = new Date().toISOString();

  private constructor(url: string, compose: Compose | undefined) {
    this.url = url;
    this.#compose = compose;
  }

  static async available(): Promise<Available> {
    if (process.env.ELASTICSEARCH_URL !== undefined) return true;
    const missing = await Compose.missing();
    return missing === undefined ? true : `ELASTICSEARCH_URL is not set and there is no Docker engine (${missing})`;
  }

  static async start(): Promise<Elasticsearch> {
    const given = process.env.ELASTICSEARCH_URL;
    if (given !== undefined) return new Elasticsearch(given.replace(/\/$/, ''), undefined);
    const compose = new Compose({ ELASTICSEARCH_PORT: PORT }, 'penstock-test-logs');
    await compose.compose('up', '--detach', '--wait', '--wait-timeout', '300', 'elasticsearch');
    return new Elasticsearch(`http://127.0.0.1:${PORT}`, compose);
  }

  /** Ends what was started here; indices of a given server stay. */
  async stop(): Promise<void> {
    await this.#compose?.compose('down', '--volumes', '--timeout', '10');
  }

  /** What the container `logs-setup` does, except for Kibana. @returns what it said */
  async setUp(): Promise<string> {
    const env = { ...process.env, ELASTICSEARCH_URL: this.url, KIBANA_URL: '' };
    const { stdout } = await promisify(execFile)('bash', [SETUP], { env, timeout: 120_000 });
    return stdout;
  }

  /** @throws RequestError with the reply where it is no success */
  async request<T>(method: string, at: string, body?: string, contentType = 'application/json'): Promise<T> {
    const reply = await fetch(`${this.url}/${at}`, {
      method,
      ...(body !== undefined && { body, headers: { 'content-type': contentType } }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new RequestError(reply.status, `${method} ${at} answered ${reply.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** Documents of all log indices that match and are not older than this object, oldest first, at most a thousand. */
  async search(query: unknown): Promise<readonly LogDocument[]> {
    await this.request('POST', 'penstock-logs-*/_refresh');
    const filter = [{ range: { '@timestamp': { gte: this.#since } } }, query];
    const body = JSON.stringify({ size: 1000, sort: [{ '@timestamp': 'asc' }], query: { bool: { filter } } });
    const { hits } = await this.request<{ hits: { hits: { _index: string; _source: LogDocument['source'] }[] } }>(
      'POST',
      'penstock-logs-*/_search?ignore_unavailable=true',
      body,
    );
    return hits.hits.map(({ _index, _source }) => ({ index: _index, source: _source }));
  }

  async untilFound(what: string, count: number, query: unknown): Promise<readonly LogDocument[]> {
    return until(`${count} documents: ${what}`, async () => {
      const found = await this.search(query).catch(noneYet);
      return found.length >= count && found;
    });
  }
}

/** 503 is the answer while an index is being made. */
function noneYet(error: unknown): readonly LogDocument[] {
  if (error instanceof RequestError && error.status === 503) return [];
  throw error;
}
