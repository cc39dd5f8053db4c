/**
 * The telemetry schema: every span attribute and span event the project writes. The helpers take no attribute that is
 * not listed here, so a name cannot be misspelt or invented elsewhere.
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
  'penstock.attempts': int('Attempts of a call in all'),
  'penstock.outcome': text('How a call ended: success, failure, neutral, rejected'),
  'penstock.reason': text('Why a decision was taken'),
  'penstock.delay_ms': double('Backoff before the next attempt, milliseconds'),
  'penstock.breaker.name': text('Breaker that decided'),
  'penstock.breaker.from': text('State before a transition'),
  'penstock.breaker.to': text('State after a transition'),
  'penstock.breaker.epoch': int('Number of transitions so far; results of an older epoch are dropped'),
  'penstock.breaker.consecutive_failures': int('Failed calls in a row'),
  'penstock.breaker.threshold': int('Failed calls in a row that open the breaker'),
  'penstock.breaker.trips': int('Trips in a row, which lengthen the break'),
  'penstock.breaker.last_reason': text('Class of the last failure that the breaker counted'),
  'penstock.breaker.probe': flag('The call was let through to probe a half-open breaker'),
  'penstock.breaker.stale': flag('The breaker had moved on since it admitted the call, so the outcome was not heard'),
  'penstock.breaker.next_attempt_in_ms': double('Milliseconds until an open breaker lets a probe through'),
  'penstock.deadline.total_ms': double('Total budget of the request, milliseconds'),
  'penstock.deadline.whose': text('Whose deadline passed: server, or client where it asked for a shorter one'),
  'penstock.budget.tokens': double('Tokens left in the retry budget'),
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
  'admission.refused': 'The request was not let in, and why',
  'idempotency.replayed': 'Answered from the first request with the same Idempotency-Key',
  'coalesce.joined': 'Answered by the execution of an equal request that was under way',
  'stale.served': 'Answered by an earlier answer, because the engine had none',
  'deadline.exceeded': 'The total budget of the request ran out',
} as const satisfies Record<string, string>;

export type AttributeName = keyof typeof ATTRIBUTES;
export type SpanEventName = keyof typeof SPAN_EVENTS;
type ValueOf<K extends Kind> = K extends 'string' ? string : K extends 'boolean' ? boolean : number;

/** Attributes of a span or of a span event: names and types of the schema, nothing else. */
export type SpanAttributes = {
  readonly [Name in AttributeName]?: ValueOf<(typeof ATTRIBUTES)[Name]['type']> | undefined;
};
