import assert from 'node:assert/strict';
import { ANALYSES } from '../../support/faults.ts';
import { type Answer, analysisRequest, send } from '../../support/requests.ts';

/** `gateway server POST /api/datasets` and the like → how many of them. */
export type Shape = Readonly<Record<string, number>>;

export interface MixedRequest {
  readonly kind: string;
  /** In `User-Agent`; what else of the request is seen in spans has it as well. */
  readonly marker: string;
  readonly answer: Answer<{ readonly analysis_id?: string }>;
}

/** What one kind of request sends, and what its trace consists of. */
export interface Kind {
  /** The mixed requests' statuses. */
  readonly statuses: readonly number[];
  /** One of these is the shape of its trace. */
  readonly shapes: readonly Shape[];
  /** How often the marker is in the trace. */
  readonly markers: number;
  request(index: number, marker: string): { readonly path: string; readonly init?: RequestInit };
}

const passedOn = (route: string, attempts = 1): Shape => ({
  [`gateway server ${route}`]: 1,
  [`gateway client ${route}`]: attempts,
  [`engine server ${route}`]: attempts,
});
const ANALYSIS = `POST ${ANALYSES}`;
const ANSWERED_BY_GATEWAY: Shape = { [`gateway server ${ANALYSIS}`]: 1 };
const ANSWERED_FROM_CACHE: Shape = { ...passedOn(ANALYSIS), 'engine client CACHE GET': 1 };
const COMPUTED: Shape = {
  ...passedOn(ANALYSIS),
  'engine client CACHE GET': 2,
  'engine client SELECT': 1,
  'engine client load columns': 1,
  'engine internal queue wait': 1,
  'engine internal estimator ols': 1,
  'engine internal figures': 1,
  'engine client INSERT': 1,
};

const analysis = (seed: number, headers: Readonly<Record<string, string>> = {}) => ({
  path: ANALYSES,
  init: {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(analysisRequest({ seed, figures: false, estimators: ['ols'] })),
  },
});

export const FLAKY_ROUTE = '/api/figures';
const KNOWN_SEED = 1;
const FIRST_SEED = 1000;
const TWIN_SEED = 1_000_000;

export const KINDS: Readonly<Record<string, Kind>> = {
  computed: {
    statuses: [200],
    shapes: [COMPUTED],
    // The engine's server span has the Idempotency-Key.
    markers: 2,
    request: (index, marker) => analysis(FIRST_SEED + index, { 'idempotency-key': marker }),
  },
  known: {
    statuses: [200],
    // Equal ones at the same time share an answer.
    shapes: [ANSWERED_FROM_CACHE, ANSWERED_BY_GATEWAY],
    markers: 1,
    request: () => analysis(KNOWN_SEED),
  },
  replayed: {
    statuses: [200],
    shapes: [ANSWERED_BY_GATEWAY],
    markers: 1,
    request: () => analysis(KNOWN_SEED, { 'idempotency-key': 'once' }),
  },
  read: { statuses: [200], shapes: [passedOn('GET /api/datasets')], markers: 1, request: () => ({ path: '/api/datasets' }) },
  missing: {
    statuses: [404],
    shapes: [passedOn('GET /api/datasets/:id')],
    // All three spans have the address.
    markers: 4,
    request: (_index, marker) => ({ path: `/api/datasets/${marker}` }),
  },
  malformed: {
    statuses: [400],
    shapes: [passedOn(ANALYSIS)],
    markers: 1,
    request: (index) => ({
      path: ANALYSES,
      init: { method: 'POST', headers: { 'content-type': 'application/json' }, body: `{"unfinished": ${index}` },
    }),
  },
  flaky: {
    statuses: [200, 503],
    shapes: [1, 2, 3].map((attempts) => passedOn(`GET ${FLAKY_ROUTE}`, attempts)),
    markers: 1,
    request: () => ({ path: FLAKY_ROUTE }),
  },
  // Two of them at a time are equal.
  twin: {
    statuses: [200],
    shapes: [COMPUTED, ANSWERED_BY_GATEWAY, ANSWERED_FROM_CACHE],
    markers: 1,
    request: (index) => analysis(TWIN_SEED + Math.floor(index / 2)),
  },
};

/** Twins come one after the other. */
const ROUND = ['computed', 'known', 'replayed', 'read', 'missing', 'malformed', 'flaky', 'computed', 'twin', 'twin'];

/** What is known, and kept under its key, before the others come. */
export async function firstOnes(gatewayUrl: string): Promise<MixedRequest> {
  const { path, init } = analysis(KNOWN_SEED, { 'idempotency-key': 'once' });
  return sendAs('first', 'the-first', `${gatewayUrl}${path}`, init);
}

/** Sends them, `atOnce` at a time. */
export async function sendMixed(gatewayUrl: string, count: number, atOnce: number): Promise<readonly MixedRequest[]> {
  const sent: MixedRequest[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      const name = ROUND[index % ROUND.length] as string;
      const kind = KINDS[name] as Kind;
      const marker = `client-${index}`;
      const { path, init } = kind.request(index, marker);
      const request = await sendAs(name, marker, `${gatewayUrl}${path}`, init);
      assert.ok(kind.statuses.includes(request.answer.status), `${name}: ${request.answer.status} ${request.answer.text}`);
      sent.push(request);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return sent;
}

async function sendAs(kind: string, marker: string, url: string, init: RequestInit = {}): Promise<MixedRequest> {
  const headers = { ...init.headers, 'user-agent': marker };
  return { kind, marker, answer: await send<{ analysis_id?: string }>(url, { ...init, headers }) };
}
