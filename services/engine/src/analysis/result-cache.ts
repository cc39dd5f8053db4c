import { createHash } from 'node:crypto';
import type { Cache } from '@penstock/store';
import { ENGINE_VERSION } from '../version.ts';

/** What the same request body meant the last time. */
export interface Remembered {
  readonly analysisId: string;
  readonly datasetId: string;
}

/** A finished analysis with all that is stored of it. */
export interface Unstored {
  readonly body: Buffer;
  /** Figure name → SVG text. */
  readonly figures: Readonly<Record<string, string>>;
  readonly report: string;
}

/** Replies by analysis, and analyses by the bytes of the request that asked for them. */
export class ResultCache {
  readonly #cache: Cache;
  readonly #ttlS: number;

  constructor(cache: Cache, ttlS: number) {
    this.#cache = cache;
    this.#ttlS = ttlS;
  }

  get kind(): Cache['kind'] {
    return this.#cache.kind;
  }

  async meaning(body: Buffer): Promise<Remembered | undefined> {
    const found = await this.#cache.get(exactKey(body));
    return found === undefined ? undefined : (JSON.parse(found.toString('utf8')) as Remembered);
  }

  async remember(body: Buffer, meaning: Remembered): Promise<void> {
    await this.#cache.set(exactKey(body), Buffer.from(JSON.stringify(meaning)), this.#ttlS);
  }

  reply(analysisId: string): Promise<Buffer | undefined> {
    return this.#cache.get(replyKey(analysisId));
  }

  keep(analysisId: string, reply: Buffer): Promise<void> {
    return this.#cache.set(replyKey(analysisId), reply, this.#ttlS);
  }

  /** A finished analysis that could not be stored: found by whoever asks again, answered to nobody until it is stored. */
  async unstored(analysisId: string): Promise<Unstored | undefined> {
    const found = await this.#cache.get(unstoredKey(analysisId));
    if (found === undefined) return undefined;
    const { body, figures, report } = JSON.parse(found.toString('utf8')) as Omit<Unstored, 'body'> & { body: string };
    return { body: Buffer.from(body), figures, report };
  }

  keepUnstored(analysisId: string, { body, figures, report }: Unstored): Promise<void> {
    const text = JSON.stringify({ body: body.toString('utf8'), figures, report });
    return this.#cache.set(unstoredKey(analysisId), Buffer.from(text), this.#ttlS);
  }
}

const exactKey = (body: Buffer): string =>
  `penstock:${ENGINE_VERSION}:exact:${createHash('sha256').update(body).digest('base64url')}`;
const unstoredKey = (analysisId: string): string => `penstock:unstored:${analysisId}`;
const replyKey = (analysisId: string): string => `penstock:analysis:${analysisId}`;
