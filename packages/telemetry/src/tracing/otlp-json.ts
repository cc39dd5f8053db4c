import type { Attributes, HrTime, Link } from '@opentelemetry/api';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-base';

// Bits of a span's flags in OTLP: whether it is known where the parent is, and whether it is in another process.
const IS_REMOTE_KNOWN = 0x100;
const IS_REMOTE = 0x200;

/**
 * Spans of one service as an OTLP request in JSON: the same text as the SDK's serializer writes, without the objects
 * between, which cost several times more.
 * @param spans at least one; all of one resource and scope
 */
export function otlpJson(spans: readonly ReadableSpan[]): string {
  const { resource, instrumentationScope: scope } = spans[0]!;
  const head = `{"resource":{"attributes":${attributesJson(resource.attributes)},"droppedAttributesCount":0}`;
  const version = scope.version === undefined ? '' : `,"version":${text(scope.version)}`;
  let all = '';
  for (const span of spans) all += all === '' ? spanJson(span) : `,${spanJson(span)}`;
  return `{"resourceSpans":[${head},"scopeSpans":[{"scope":{"name":${text(scope.name)}${version}},"spans":[${all}]}]}]}`;
}

function spanJson(span: ReadableSpan): string {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const { parentSpanContext: parent, status } = span;
  return (
    `{"traceId":"${traceId}","spanId":"${spanId}"` +
    (parent === undefined ? '' : `,"parentSpanId":"${parent.spanId}"`) +
    (traceState === undefined ? '' : `,"traceState":${text(traceState.serialize())}`) +
    `,"name":${text(span.name)},"kind":${span.kind + 1}` +
    `,"startTimeUnixNano":"${nanos(span.startTime)}","endTimeUnixNano":"${nanos(span.endTime)}"` +
    `,"attributes":${attributesJson(span.attributes)},"droppedAttributesCount":${span.droppedAttributesCount}` +
    `,"events":${list(span.events, eventJson)},"droppedEventsCount":${span.droppedEventsCount}` +
    `,"status":{"code":${status.code}${status.message === undefined ? '' : `,"message":${text(status.message)}`}}` +
    `,"links":${list(span.links, linkJson)},"droppedLinksCount":${span.droppedLinksCount}` +
    `,"flags":${flags(traceFlags, parent?.isRemote)}}`
  );
}

const eventJson = ({ attributes = {}, name, time, droppedAttributesCount = 0 }: TimedEvent): string =>
  `{"attributes":${attributesJson(attributes)},"name":${text(name)},"timeUnixNano":"${nanos(time)}"` +
  `,"droppedAttributesCount":${droppedAttributesCount}}`;

const linkJson = ({ attributes = {}, context, droppedAttributesCount = 0 }: Link): string =>
  `{"attributes":${attributesJson(attributes)},"spanId":"${context.spanId}","traceId":"${context.traceId}"` +
  (context.traceState === undefined ? '' : `,"traceState":${text(context.traceState.serialize())}`) +
  `,"droppedAttributesCount":${droppedAttributesCount},"flags":${flags(context.traceFlags, context.isRemote)}}`;

function list<T>(items: readonly T[], json: (item: T) => string): string {
  return items.length === 0 ? '[]' : `[${items.map(json).join(',')}]`;
}

/** `{"key":"http.route","value":` of each name that was seen: names are those of the schema. */
const keys = new Map<string, string>();

function attributesJson(attributes: Attributes): string {
  let all = '';
  for (const name in attributes) {
    let key = keys.get(name);
    if (key === undefined) {
      key = `{"key":${text(name)},"value":`;
      keys.set(name, key);
    }
    all += `${all === '' ? '' : ','}${key}${valueJson(attributes[name])}}`;
  }
  return `[${all}]`;
}

function valueJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `{"stringValue":${text(value)}}`;
    case 'number':
      return `{"${Number.isInteger(value) ? 'intValue' : 'doubleValue'}":${Number.isFinite(value) ? value : 'null'}}`;
    case 'boolean':
      return `{"boolValue":${value}}`;
    default:
      return Array.isArray(value) ? `{"arrayValue":{"values":${list(value, valueJson)}}}` : '{}';
  }
}

const text = (value: string): string => JSON.stringify(value);

const nanos = ([seconds, nanoseconds]: HrTime): string => `${seconds}${String(nanoseconds).padStart(9, '0')}`;

const flags = (traceFlags: number, isRemote: boolean | undefined): number =>
  (traceFlags & 0xff) | IS_REMOTE_KNOWN | (isRemote === true ? IS_REMOTE : 0);
