/**
 * The telemetry schema: every span, span attribute and span event the project writes. The helpers take no name that is
 * not listed here, so none can be misspelt or invented elsewhere; docs/spans.md is generated from it, and a test
 * compares that with the spans of a run.
 */
type Kind = 'string' | 'int' | 'double' | 'boolean';
interface Row {
  readonly type: Kind;
  readonly means: string;
}
const text = (means: string) => ({ type: 'string', means }) as const satisfies Row;
const int = (means: string) => ({ type: 'int', means }) as const satisfies Row;
const flag = (means: string) => ({ type: 'boolean', means }) as const satisfies Row;
const double = (means: string) => ({ type: 'double', means }) as const satisfies Row;

/** Names of the OpenTelemetry semantic conventions (stable ones) that are used. */
const SEMANTIC_ATTRIBUTES = {
  'http.request.method': text('Method of the request'),
  'http.request.method_original': text('Method as received, where it is not a known one'),
  'http.request.resend_count': int('How many attempts of the same call came before this one'),
  'http.response.status_code': int('Status of the reply'),
  'http.route': text('Route template, never the raw path'),
  'url.scheme': text('http or https'),
  'url.path': text('Path of the request'),
  'url.full': text('Address of the request, without credentials'),
  'server.address': text('Host the request was sent to'),
  'server.port': int('Port the request was sent to'),
  'client.address': text('Address of the client'),
  'user_agent.original': text('User-Agent header of the client'),
  'network.protocol.version': text('Version of HTTP'),
  'error.type': text('Low-cardinality class of the failure: a status, an error code or an error name'),
  'db.system.name': text('Database product'),
  'db.operation.name': text('Operation on the database: GET, SET, INSERT, SELECT'),
  'db.collection.name': text('Table'),
} as const satisfies Record<string, Row>;

/** Our own attributes, all under one prefix. */
const OWN_ATTRIBUTES = {
  'penstock.attempt': int('Number of the attempt, from 1'),
  'penstock.hedge': flag('The attempt is a hedge: made because the one of the same number was late'),
  'penstock.attempts': int('Attempts of a call in all, one included that was refused before it was sent and so has no span'),
  'penstock.outcome': text('How a call ended: success, failure, neutral, rejected'),
  'penstock.link': text('On a link: whether the answer was coalesced (computed for both) or replayed (kept from before)'),
  'penstock.reason': text('Why a decision was taken'),
  'penstock.delay_ms': double('Backoff before the next attempt, milliseconds'),
  'penstock.breaker.name': text('Breaker that decided'),
  'penstock.breaker.from': text('State before a transition'),
  'penstock.breaker.to': text('State after a transition'),
  'penstock.breaker.epoch': int('Number of transitions so far; results of an older epoch are dropped'),
  'penstock.breaker.consecutive_failures': int('Failed calls in a row'),
  'penstock.breaker.threshold': int('Failed calls in a row that open the breaker'),
  'penstock.breaker.consecutive_attempts': int('Failed attempts in a row'),
  'penstock.breaker.failure_ratio': double("Share of failed attempts in the rule's window, 0–1"),
  'penstock.breaker.volume': int('Attempts that the failure ratio is a share of'),
  'penstock.breaker.slow_ratio': double("Share of slow calls in the rule's window, 0–1"),
  'penstock.breaker.slow_volume': int('Calls that the slow ratio is a share of'),
  'penstock.breaker.trips': int('Trips in a row, which lengthen the break'),
  'penstock.breaker.last_reason': text('Class of the last failure that the breaker counted'),
  'penstock.breaker.probe': flag('The call was let through to probe a half-open breaker'),
  'penstock.breaker.stale': flag('The breaker had moved on since it admitted the call, so the outcome was not heard'),
  'penstock.breaker.next_attempt_in_ms': double('Milliseconds until an open breaker lets a probe through'),
  'penstock.deadline.total_ms': double('Total budget of the request, milliseconds'),
  'penstock.deadline.whose': text('Whose deadline passed: server, or client where it asked for a shorter one'),
  'penstock.budget.tokens': double('Tokens left in the retry budget'),
  'penstock.policy': text('Policy in shadow mode that decided'),
  'penstock.would': text('What a policy in shadow mode would have done'),
  'penstock.engine': text('Engine that was picked'),
  'penstock.engines': int('Engines that were looked at'),
  'penstock.in_flight': int('Calls or attempts under way when it was decided'),
  'penstock.queued': int('Attempts waiting when it was decided'),
  'penstock.limit': int('Limit that was reached: calls under way, or requests in a window'),
  'penstock.probability': double('Probability with which the call was refused, 0–1'),
  'penstock.requests': int('Requests in the window of the throttle'),
  'penstock.accepts': int('Requests in that window that the engine accepted'),
  'penstock.retry_after_ms': double('After how long it makes sense to ask again, milliseconds'),
  'penstock.sharing': int('Callers that share the execution, this one included'),
  'penstock.age_ms': double('Age of the answer that was served, milliseconds'),
  'penstock.max_stale_ms': double('Greatest age that the client accepts, milliseconds'),
  'penstock.won': text('Which attempt of a hedged call was answered first: first, second or neither'),
  'penstock.message': text('Message of the error'),
  'penstock.layer': text('Layer that refused or failed the request'),
  'penstock.evidence': text('What the refusal rests on, as in Proxy-Status'),
  'penstock.dataset.id': text('Data set that is analysed'),
  'penstock.dataset.rows': int('Rows of the data set'),
  'penstock.dataset.columns': int('Columns of the data set'),
  'penstock.analysis.id': text('Analysis, as in the reply'),
  'penstock.cache.result': text('hit or miss'),
  'penstock.estimator.name': text('Estimator'),
  'penstock.estimator.status': text('ok, skipped or failed'),
  'penstock.bootstrap.draws': int('Bootstrap draws asked for'),
  'penstock.figure.count': int('Figures rendered'),
  'penstock.worker.id': int('Worker thread that computed'),
  'penstock.priority': text('Priority of the request: interactive or batch'),
  'penstock.idempotency_key': text('Idempotency key of the client, shortened'),
  'penstock.fault.name': text('Injected fault'),
  'penstock.fault.kind': text('latency, error or abort'),
  'penstock.fault.delay_ms': double('Latency that was injected, milliseconds'),
  'penstock.worker.wait_ms': double('Time in the queue before a worker took the task, milliseconds'),
} as const satisfies Record<string, Row>;

export const ATTRIBUTES = { ...SEMANTIC_ATTRIBUTES, ...OWN_ATTRIBUTES } as const;

/** Span events: decisions, with their evidence as attributes. */
export const SPAN_EVENTS = {
  'breaker.rejected': 'The breaker refused the call',
  'breaker.transition': 'The breaker changed its state during this call',
  'breaker.outcome': 'What the breaker was told about the call',
  'retry.scheduled': 'Another attempt was decided, after a backoff',
  'retry.stopped': 'No further attempt, and why',
  'budget.exhausted': 'The retry budget had no token for another attempt',
  'fault.injected': 'A fault was injected on purpose',
  'request.refused': 'The request was refused or failed: the layer, the row of the error table, and what it rests on',
  'shadow.decision': 'A policy in shadow mode would have decided so, and did not',
  'rate_limit.refused': 'The client had used up its quota',
  'rate_limit.store_failed': 'The store of the quotas did not answer',
  'idempotency.decided': 'What became of a request with an Idempotency-Key: execute, replay, in_flight or mismatch',
  'idempotency.store_failed': 'The store of the Idempotency-Keys did not answer',
  'idempotency.lease_lost': 'The lease of the Idempotency-Key had ended before the execution, whose answer was not kept',
  'coalesce.joined': 'The request waits for the execution of an equal one that was under way',
  'stale.served': 'Answered by an earlier answer, because the engine had none',
  'fallback.used': 'A fallback stands in for the failed answer',
  'fallback.failed': 'The fallback failed as well',
  'balance.picked': 'The engine that the call goes to, of several, and why that one',
  'balance.exhausted': 'No engine takes calls now',
  'throttle.refused': 'Not sent, because the engine accepts too few of the requests it gets',
  'concurrency.shed': 'As many calls as this priority may have were under way',
  'bulkhead.queued': 'The attempt waits for a place',
  'bulkhead.refused': 'The attempt got no place',
  'hedge.started': 'A second attempt was sent, because the first one was late',
  'hedge.refused': 'No second attempt for a late one, and why',
  'hedge.finished': 'Which of the two attempts was answered first',
  'deadline.exceeded': 'The total budget of the request ran out',
} as const satisfies Record<string, string>;

/** What one kind of span is. */
export interface SpanRow {
  /** `{…}` stands for a text of its own. */
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly by: readonly ('gateway' | 'engine')[];
  readonly means: string;
  /** All that it may have. */
  readonly attributes: readonly AttributeName[];
}

const DATABASE = ['db.system.name', 'db.operation.name', 'error.type'] as const;
const WORKER = ['penstock.worker.id'] as const;

/** Every span, in the order in which a request makes them. */
export const SPANS = [
  {
    name: '{method} {route}',
    kind: 'server',
    by: ['gateway', 'engine'],
    means: 'A request, from its headers to the last byte of its reply; the method alone where it met no route',
    attributes: [
      'http.request.method',
      'http.request.method_original',
      'http.route',
      'url.scheme',
      'url.path',
      'client.address',
      'server.address',
      'server.port',
      'network.protocol.version',
      'user_agent.original',
      'http.response.status_code',
      'error.type',
      'penstock.outcome',
      'penstock.attempts',
      'penstock.budget.tokens',
      'penstock.attempt',
      'penstock.priority',
      'penstock.idempotency_key',
    ],
  },
  {
    name: '{method} {route}',
    kind: 'client',
    by: ['gateway'],
    means: 'One attempt at an engine',
    attributes: [
      'http.request.method',
      'http.request.resend_count',
      'url.full',
      'server.address',
      'server.port',
      'http.response.status_code',
      'error.type',
      'penstock.attempt',
      'penstock.hedge',
    ],
  },
  {
    name: 'CACHE GET',
    kind: 'client',
    by: ['engine'],
    means: 'A look into the result cache: by the bytes of the request, then by its meaning',
    attributes: [...DATABASE, 'penstock.cache.result'],
  },
  {
    name: 'SELECT',
    kind: 'client',
    by: ['engine'],
    means: 'Looks whether the analysis is stored already',
    attributes: [...DATABASE, 'db.collection.name'],
  },
  {
    name: 'load columns',
    kind: 'client',
    by: ['engine'],
    means: 'Reads the columns that the analysis needs',
    attributes: ['penstock.dataset.id', 'penstock.dataset.rows', 'penstock.dataset.columns', 'error.type'],
  },
  {
    name: 'queue wait',
    kind: 'internal',
    by: ['engine'],
    means: 'Until a worker thread takes the analysis',
    attributes: [...WORKER, 'penstock.worker.wait_ms'],
  },
  {
    name: 'estimator {name}',
    kind: 'internal',
    by: ['engine'],
    means: 'One estimator, in the worker thread',
    attributes: [...WORKER, 'penstock.estimator.name', 'penstock.estimator.status', 'penstock.bootstrap.draws', 'error.type'],
  },
  {
    name: 'figures',
    kind: 'internal',
    by: ['engine'],
    means: 'All figures, in the worker thread',
    attributes: [...WORKER, 'penstock.figure.count'],
  },
  {
    name: 'INSERT',
    kind: 'client',
    by: ['engine'],
    means: 'Stores the analysis with its figures and report',
    attributes: [...DATABASE, 'db.collection.name', 'penstock.analysis.id'],
  },
] as const satisfies readonly SpanRow[];

type Pattern<Name extends string> = Name extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${string}${Pattern<After>}`
  : Name;

/** Names of the spans inside a service. */
export type InnerSpanName = Pattern<Exclude<(typeof SPANS)[number]['name'], `{method}${string}`>>;

export type AttributeName = keyof typeof ATTRIBUTES;
export type SpanEventName = keyof typeof SPAN_EVENTS;
type ValueOf<K extends Kind> = K extends 'string' ? string : K extends 'boolean' ? boolean : number;

/** Attributes of a span or of a span event: names and types of the schema, nothing else. */
export type SpanAttributes = {
  readonly [Name in AttributeName]?: ValueOf<(typeof ATTRIBUTES)[Name]['type']> | undefined;
};

/** An event of a span with what it rests on. */
export type SpanEvent = readonly [name: SpanEventName, attributes: SpanAttributes];
