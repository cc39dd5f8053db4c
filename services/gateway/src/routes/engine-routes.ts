import {
  AnalysisReply,
  AnalysisRequest,
  Dataset,
  DatasetList,
  EstimatorCatalogue,
  FigureCatalogue,
  LIMITS,
  Problem,
  RolesInferReply,
  RolesInferRequest,
} from '@penstock/contracts';
import Type, { type TSchema } from 'typebox';

/**
 * Where a second request may go while the first is late. A read is harmless anywhere; an equal analysis at the same
 * engine would only join the first one.
 */
export function hedgeOf({ method, idempotent, replyType }: EngineRoute): 'anywhere' | 'elsewhere' | undefined {
  if (idempotent === true) return 'elsewhere';
  return method === 'GET' && replyType !== 'text/event-stream' ? 'anywhere' : undefined;
}

/** A route that the engine owns and the gateway passes on. */
export interface EngineRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: 'analysis' | 'data sets' | 'catalogue';
  /** json: a small body kept in memory, so that it can be sent again; upload: streamed once; none: no body. */
  readonly body: 'json' | 'upload' | 'none';
  /** Whether equal requests may share an execution, and carry an Idempotency-Key. */
  readonly idempotent?: true;
  readonly bodySchema?: TSchema;
  readonly params?: TSchema;
  readonly querystring?: TSchema;
  /** Media type of a successful reply: anything else is not the engine's contract. */
  readonly replyType: string;
  readonly success: Readonly<Record<number, TSchema>>;
}

const Id = Type.Object({ id: Type.String() });
const IdAndName = Type.Object({ id: Type.String(), name: Type.String() });
const text = (contentType: string): TSchema => Type.String({ contentMediaType: contentType });

export const ENGINE_ROUTES: readonly EngineRoute[] = [
  {
    method: 'POST',
    url: '/api/analyze/comprehensive',
    summary: 'Estimate the effect of a treatment on an outcome by every method that the mapped columns allow',
    description:
      'Idempotent: the same request on the same data gives the same bytes. `Prefer: wait=N` or `Request-Timeout: N` (seconds) shortens the total time. `Idempotency-Key` keeps a success for a day: the same key with the same body is answered from it. `Priority: u=4` to `u=7` is batch. `Cache-Control: stale-if-error=N` accepts an earlier answer where the engine has none.',
    tag: 'analysis',
    body: 'json',
    idempotent: true,
    bodySchema: AnalysisRequest,
    replyType: 'application/json',
    success: { 200: AnalysisReply },
  },
  {
    method: 'GET',
    url: '/api/analyses/:id',
    summary: 'A stored analysis',
    tag: 'analysis',
    body: 'none',
    params: Id,
    replyType: 'application/json',
    success: { 200: AnalysisReply },
  },
  {
    method: 'GET',
    url: '/api/analyses/:id/figures/:name.svg',
    summary: 'A figure as SVG',
    tag: 'analysis',
    body: 'none',
    params: IdAndName,
    replyType: 'image/svg+xml',
    success: { 200: text('image/svg+xml') },
  },
  {
    method: 'GET',
    url: '/api/analyses/:id/figures/:name.png',
    summary: 'A figure as PNG (not available in this version)',
    tag: 'analysis',
    body: 'none',
    params: IdAndName,
    replyType: 'image/png',
    success: {},
  },
  {
    method: 'GET',
    url: '/api/analyses/:id/report.html',
    summary: 'The analysis as a page to read',
    tag: 'analysis',
    body: 'none',
    params: Id,
    replyType: 'text/html',
    success: { 200: text('text/html') },
  },
  {
    method: 'GET',
    url: '/api/analyses/:id/events',
    summary: 'Progress as server-sent events (not available in this version)',
    tag: 'analysis',
    body: 'none',
    params: Id,
    replyType: 'text/event-stream',
    success: {},
  },
  {
    method: 'GET',
    url: '/api/jobs/:id',
    summary: 'A background job (not available in this version)',
    tag: 'analysis',
    body: 'none',
    params: Id,
    replyType: 'application/json',
    success: {},
  },
  {
    method: 'POST',
    url: '/api/datasets',
    summary: 'Upload a data set: CSV, TSV, NDJSON, JSON or Parquet, each also gzipped',
    description: `The body itself, or multipart/form-data with one file. Streamed; at most ${LIMITS.uploadBytes} bytes. Sent to the engine once, without retries.`,
    tag: 'data sets',
    body: 'upload',
    querystring: Type.Object({ name: Type.Optional(Type.String({ maxLength: 200, description: 'Name to show' })) }),
    replyType: 'application/json',
    success: { 201: Dataset },
  },
  {
    method: 'GET',
    url: '/api/datasets',
    summary: 'All data sets',
    tag: 'data sets',
    body: 'none',
    replyType: 'application/json',
    success: { 200: DatasetList },
  },
  {
    method: 'GET',
    url: '/api/datasets/:id',
    summary: 'Columns, types, missing values, ranges, preview and suggested roles',
    tag: 'data sets',
    body: 'none',
    params: Id,
    replyType: 'application/json',
    success: { 200: Dataset },
  },
  {
    method: 'DELETE',
    url: '/api/datasets/:id',
    summary: 'Delete a data set',
    tag: 'data sets',
    body: 'none',
    params: Id,
    replyType: 'application/json',
    success: { 204: Type.Null() },
  },
  {
    method: 'POST',
    url: '/api/roles/infer',
    summary: 'Suggest roles for the columns of a data set',
    tag: 'data sets',
    body: 'json',
    bodySchema: RolesInferRequest,
    replyType: 'application/json',
    success: { 200: RolesInferReply },
  },
  {
    method: 'GET',
    url: '/api/estimators',
    summary: 'Every estimator and the roles that it needs',
    tag: 'catalogue',
    body: 'none',
    replyType: 'application/json',
    success: { 200: EstimatorCatalogue },
  },
  {
    method: 'GET',
    url: '/api/figures',
    summary: 'Every figure and what it needs',
    tag: 'catalogue',
    body: 'none',
    replyType: 'application/json',
    success: { 200: FigureCatalogue },
  },
];

export const problemReply = (): TSchema =>
  Type.Object({ ...Problem.properties }, { description: 'application/problem+json; the codes are in docs/errors.md' });
