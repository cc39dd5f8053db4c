import { type JaegerSpan, type JaegerTrace, parentOf, serviceOf, tag } from '../../support/jaeger.ts';
import { namesIn, tableOf } from '../../support/spans-document.ts';

/** What a tree shows of spans and events, in this order, each under a short name. */
const TOLD: Readonly<Record<string, string>> = {
  'http.response.status_code': 'status',
  'error.type': 'error',
  'http.request.resend_count': 'resend',
  'penstock.attempt': 'attempt',
  'penstock.attempts': 'attempts',
  'penstock.hedge': 'hedge',
  'penstock.won': 'won',
  'penstock.outcome': 'outcome',
  'penstock.reason': 'reason',
  'penstock.layer': 'layer',
  'penstock.deadline.whose': 'whose',
  'penstock.fault.name': 'fault',
  'penstock.breaker.from': 'from',
  'penstock.breaker.to': 'to',
  'penstock.breaker.consecutive_failures': 'failures',
  'penstock.breaker.probe': 'probe',
  'penstock.cache.result': 'result',
  'penstock.estimator.status': 'result',
  'penstock.figure.count': 'figures',
  'penstock.engines': 'engines',
  'penstock.sharing': 'sharing',
  'penstock.in_flight': 'in_flight',
  'penstock.limit': 'limit',
  'db.collection.name': 'table',
};

/** What a tree leaves out: addresses, identities, times and counters that differ from run to run, and what the name says already. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  // Said by the name of the span.
  'http.request.method',
  'http.route',
  'db.operation.name',
  'penstock.estimator.name',
  // The same in every trace of a pair.
  'url.scheme',
  'url.path',
  'url.full',
  'client.address',
  'server.address',
  'server.port',
  'network.protocol.version',
  'user_agent.original',
  'db.system.name',
  'penstock.priority',
  'penstock.dataset.id',
  'penstock.dataset.rows',
  'penstock.dataset.columns',
  'penstock.breaker.name',
  'penstock.breaker.threshold',
  'penstock.engine',
  'penstock.deadline.total_ms',
  'penstock.fault.kind',
  'penstock.fault.delay_ms',
  // Different in every run, or of what went before.
  'penstock.worker.id',
  'penstock.worker.wait_ms',
  'penstock.analysis.id',
  'penstock.delay_ms',
  'penstock.budget.tokens',
  'penstock.retry_after_ms',
  'penstock.evidence',
  'penstock.breaker.epoch',
  'penstock.breaker.consecutive_attempts',
  'penstock.breaker.failure_ratio',
  'penstock.breaker.volume',
  'penstock.breaker.slow_ratio',
  'penstock.breaker.slow_volume',
  'penstock.breaker.trips',
  'penstock.breaker.last_reason',
  'penstock.breaker.next_attempt_in_ms',
  'penstock.breaker.stale',
  // Jaeger's own, and those that the tree shows in another way.
  'span.kind',
  'error',
  'event',
  'otel.scope.name',
  'otel.scope.version',
  'otel.status_code',
  'otel.status_description',
]);

interface Field {
  readonly key: string;
  readonly value: unknown;
}

/** Names what a span links to, by its trace. */
export type NameTrace = (traceId: string) => string;

/**
 * A trace as lines of text, a child two spaces further in than its parent:
 *
 *     gateway server POST /api/analyze/comprehensive · status=200 attempts=1 outcome=success
 *       ! breaker.outcome · outcome=success failures=0
 *       gateway client POST /api/analyze/comprehensive · status=200 attempt=1
 *
 * `FAILED` stands behind a span whose status is an error, `!` before an event, `→` before what the span links to.
 * Children are in the order of docs/spans.md, attempts in theirs. An attribute that is neither shown nor known to be
 * left out is shown with its whole name, so that no expected tree has it.
 * @throws Error where a parent is missing, or there is not one root
 */
export function treeOf(trace: JaegerTrace, nameTrace: NameTrace): string {
  const root = rootOf(trace);
  const children = Map.groupBy(trace.spans, parentOf);
  const lines = (span: JaegerSpan): string[] => [
    `${serviceOf(trace, span)} ${tag(span, 'span.kind')} ${span.operationName}${told(span.tags)}${failed(span)}`,
    ...linksOf(span, nameTrace).map((link) => `  → ${link}`),
    ...span.logs.map((log) => `  ! ${eventOf(log.fields)}`),
    ...inOrder(children.get(span.spanID) ?? []).flatMap((child) => lines(child).map((line) => `  ${line}`)),
  ];
  return lines(root).join('\n');
}

/**
 * The root of a trace that is whole.
 * @throws Error where a parent is missing, or there is not one root
 */
export function rootOf({ traceID, spans }: JaegerTrace): JaegerSpan {
  const ids = new Set(spans.map(({ spanID }) => spanID));
  for (const span of spans) {
    const parent = parentOf(span);
    if (parent !== undefined && !ids.has(parent)) throw new Error(`${traceID}: the parent of ${span.operationName} is missing`);
  }
  const [root, ...others] = spans.filter((span) => parentOf(span) === undefined);
  if (root === undefined || others.length > 0)
    throw new Error(`${traceID}: ${root === undefined ? 'no root' : `${others.length + 1} roots`}`);
  return root;
}

function told(fields: readonly Field[]): string {
  const shown = Object.entries(TOLD).flatMap(([key, short]) =>
    fields.filter((field) => field.key === key).map(({ value }) => `${short}=${String(value)}`),
  );
  const unknown = fields.filter(({ key }) => !(key in TOLD) && !LEFT_OUT.has(key));
  const all = [...shown, ...unknown.map(({ key, value }) => `${key}=${String(value)}`)];
  return all.length === 0 ? '' : ` · ${all.join(' ')}`;
}

const failed = (span: JaegerSpan): string => (tag(span, 'otel.status_code') === 'ERROR' ? ' FAILED' : '');

const eventOf = (fields: readonly Field[]): string =>
  `${String(fields.find(({ key }) => key === 'event')?.value)}${told(fields)}`;

const linksOf = ({ references }: JaegerSpan, nameTrace: NameTrace): string[] =>
  references.filter(({ refType }) => refType === 'FOLLOWS_FROM').map(({ traceID }) => nameTrace(traceID));

const ORDER = tableOf('Spans').map(([name]) => (namesIn(name)[0] ?? '').replace(/\{.*/, ''));

/** Spans that began in the same millisecond have no order of time that could be relied on. */
function inOrder(spans: readonly JaegerSpan[]): JaegerSpan[] {
  const attempt = (span: JaegerSpan): number => Number(tag(span, 'penstock.attempt') ?? 0);
  const hedge = (span: JaegerSpan): number => Number(tag(span, 'penstock.hedge') ?? 0);
  const rank = ({ operationName }: JaegerSpan): number =>
    ORDER.findIndex((name) => name !== '' && operationName.startsWith(name));
  return [...spans].sort(
    (a, b) =>
      rank(a) - rank(b) || attempt(a) - attempt(b) || hedge(a) - hedge(b) || a.operationName.localeCompare(b.operationName),
  );
}

/** Names in `TOLD` and `LEFT_OUT` that docs/spans.md does not have: each would hide a misspelling. */
export function unknownNames(): string[] {
  const known = new Set(tableOf('Attributes').flatMap(([name]) => namesIn(name)));
  return [...Object.keys(TOLD), ...LEFT_OUT].filter(
    (name) => !known.has(name) && !/^(span\.kind|error|event|otel\..+)$/.test(name),
  );
}
