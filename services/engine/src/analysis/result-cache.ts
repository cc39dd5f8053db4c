import { createHash } from 'node:crypto';
import type { Cache } from '@penstock/store';
import { ENGINE_VERSION } from '../version.ts';

/** What the same request body meant the last time. */
export interface Remembered {
  readonly analysisId: string;
  readonly datasetId: string;
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
}

const exactKey = (body: Buffer): string =>
  `penstock:${ENGINE_VERSION}:exact:${createHash('sha256').update(body).digest('base64url')}`;
const replyKey = (analysisId: string): string => `penstock:analysis:${analysisId}`;
