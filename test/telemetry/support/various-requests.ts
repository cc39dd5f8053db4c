import { type Random, seededRandom } from '../../../packages/clock/src/index.ts';
import { ANALYSES } from '../../support/faults.ts';
import type { Asked } from './counting-client.ts';

export const JSON_BODY = { 'content-type': 'application/json' };

/** Addresses that clients come from, so that none of them uses up its quota. */
const ADDRESSES = 200;
const FIRST_ADDRESS = 2;
const SMALL_TRIAL = `y,w,id\n${Array.from({ length: 40 }, (_, i) => `${(i * 7) % 11},${i % 2},${i}`).join('\n')}\n`;

/** The upload of a data set whose analyses cost little. */
export const UPLOAD: Asked = {
  method: 'POST',
  path: '/api/datasets',
  headers: { 'content-type': 'text/csv' },
  body: SMALL_TRIAL,
};

/** Makes requests, drawn by a seed. */
export class Requests {
  /** Id of the data set that was uploaded. */
  dataset = '';
  readonly #random: Random;
  #seed = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed, 'requests');
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random.next() * from.length)] as T;
  }

  /** From anybody. */
  from(asked: Asked): Asked {
    return { ...asked, from: FIRST_ADDRESS + Math.floor(this.#random.next() * ADDRESSES) };
  }

  /** A read that any engine can answer. */
  read(): Asked {
    return this.from({ method: 'GET', path: this.pick(['/api/estimators', '/api/figures', `/api/datasets/${this.dataset}`]) });
  }

  /** Cheap, and no other request's. */
  analysis(): Asked {
    const options = { seed: ++this.#seed, figures: false, estimators: ['difference_in_means'] };
    return analysisOf({ dataset_id: this.dataset, mapping: { y: 'y', treatment: 'w', unit_id: 'id' }, options });
  }

  /** An analysis under a key, from the client of this number. */
  keyed(client: number): Asked {
    const asked = this.analysis();
    const headers = { ...asked.headers, 'idempotency-key': `key-${this.#seed}` };
    return { ...asked, headers, from: FIRST_ADDRESS + client };
  }

  /** Twice the same and another one under its key. */
  misused(client: number): Asked[] {
    const keyed = this.keyed(client);
    const { body = '' } = this.analysis();
    return [keyed, keyed, { ...keyed, body }];
  }

  /** One that is refused, by the gateway or by the engine. */
  wrong(): Asked {
    // Equal ones at the same time would share an execution.
    const options = { seed: ++this.#seed };
    const mapping = { y: 'y', treatment: 'w' };
    return this.pick([
      { method: 'GET', path: '/api/nowhere', known: 'gateway' },
      { method: 'DELETE', path: ANALYSES, known: 'gateway' },
      { method: 'GET', path: '/api/datasets/%zz', known: 'gateway' },
      { method: 'POST', path: ANALYSES, headers: { 'content-type': 'text/plain' }, body: 'y', known: 'gateway' },
      { method: 'POST', path: ANALYSES, headers: JSON_BODY, body: '', known: 'gateway' },
      { ...this.analysis(), headers: { ...JSON_BODY, 'request-timeout': 'soon' }, known: 'gateway' },
      { method: 'GET', path: '/api/datasets/none' },
      { method: 'GET', path: '/api/analyses/none/figures/none.png' },
      { method: 'POST', path: ANALYSES, headers: JSON_BODY, body: `{"seed": ${options.seed}` },
      analysisOf({ dataset_id: 'none', mapping, options }),
      analysisOf({ dataset_id: this.dataset, mapping: { ...mapping, y: 'no such column' }, options }),
      analysisOf({ dataset_id: this.dataset, mapping: {}, options }),
    ]);
  }
}

const analysisOf = (body: unknown): Asked => ({ method: 'POST', path: ANALYSES, headers: JSON_BODY, body: JSON.stringify(body) });
