import type { Attributes, Link } from '@opentelemetry/api';
import type { PlainEvent, PlainSpan } from './plain-span.ts';

// Bits of a span's flags in OTLP: whether it is known where the parent is, and whether it is in another process.
const IS_REMOTE_KNOWN = 0x100;
const IS_REMOTE = 0x200;

/** What an OTLP request in JSON begins with, up to its first span; all spans are of one resource and scope. */
export function otlpHead({
  resource,
  instrumentationScope: scope,
}: Pick<PlainSpan, 'resource' | 'instrumentationScope'>): string {
  const attributes = attributesJson(resource.attributes);
  const version = scope.version === undefined ? '' : `,"version":${JSON.stringify(scope.version)}`;
  return (
    `{"resourceSpans":[{"resource":{"attributes":${attributes},"droppedAttributesCount":0}` +
    `,"scopeSpans":[{"scope":{"name":${JSON.stringify(scope.name)}${version}},"spans":[`
  );
}

export const otlpTail = ']}]}]}';

/** A span as the SDK's serializer writes it, without the objects between, which cost several times more. */
export function spanJson(span: PlainSpan): string {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const { parentSpanContext: parent, status, givenAttributes, givenEvents, links } = span;
  return (
    `{"traceId":"${traceId}","spanId":"${spanId}"` +
    (parent === undefined ? '' : `,"parentSpanId":"${parent.spanId}"`) +
    (traceState === undefined ? '' : `,"traceState":${JSON.stringify(traceState.serialize())}`) +
    `,"name":${JSON.stringify(span.name)},"kind":${span.kind + 1}` +
    `,"startTimeUnixNano":"${nanos(span.startMs)}","endTimeUnixNano":"${nanos(span.endMs)}"` +
    `,"attributes":${givenAttributes === undefined ? '[]' : attributesJson(givenAttributes)},"droppedAttributesCount":0` +
    `,"events":${list(givenEvents, eventJson)},"droppedEventsCount":${span.droppedEventsCount}` +
    `,"status":{"code":${status.code}${status.message === undefined ? '' : `,"message":${JSON.stringify(status.message)}`}}` +
    `,"links":${list(links, linkJson)},"droppedLinksCount":${span.droppedLinksCount}` +
    `,"flags":${flags(traceFlags, parent?.isRemote)}}`
  );
}

const eventJson = ({ attributes, name, atMs }: PlainEvent): string =>
  `{"attributes":${attributesJson(attributes)},"name":"${name}","timeUnixNano":"${nanos(atMs)}","droppedAttributesCount":0}`;

const linkJson = ({ attributes = {}, context, droppedAttributesCount = 0 }: Link): string =>
  `{"attributes":${attributesJson(attributes)},"spanId":"${context.spanId}","traceId":"${context.traceId}"` +
  (context.traceState === undefined ? '' : `,"traceState":${JSON.stringify(context.traceState.serialize())}`) +
  `,"droppedAttributesCount":${droppedAttributesCount},"flags":${flags(context.traceFlags, context.isRemote)}}`;

function list<T>(items: readonly T[], json: (item: T) => string): string {
  if (items.length === 0) return '[]';
  let all = json(items[0]!);
  for (let index = 1; index < items.length; index++) all += `,${json(items[index]!)}`;
  return `[${all}]`;
}

/** What is written of an attribute: its beginning, and the whole of it for texts that come again and again. */
interface KnownName {
  readonly begin: string;
  readonly texts: Map<string, string>;
}

/** Names are those of the schema. */
const names = new Map<string, KnownName>();
/** Of one name; a text is kept where it is short. */
const MAX_KNOWN_TEXTS = 100;
const MAX_KNOWN_LENGTH = 64;

function attributesJson(attributes: Attributes): string {
  let all = '[';
  for (const name in attributes) {
    const value = attributes[name];
    if (value === undefined) continue;
    if (all.length > 1) all += ',';
    all += attributeJson(knownName(name), value);
  }
  return `${all}]`;
}

function knownName(name: string): KnownName {
  let known = names.get(name);
  if (known === undefined) {
    known = { begin: `{"key":${JSON.stringify(name)},"value":`, texts: new Map() };
    names.set(name, known);
  }
  return known;
}

function attributeJson({ begin, texts }: KnownName, value: unknown): string {
  if (typeof value !== 'string') return `${begin}${valueJson(value)}}`;
  const known = texts.get(value);
  if (known !== undefined) return known;
  const written = `${begin}${valueJson(value)}}`;
  if (value.length <= MAX_KNOWN_LENGTH && texts.size < MAX_KNOWN_TEXTS) texts.set(value, inOnePiece(written));
  return written;
}

/** The same text without the pieces that it was put together from, which would be walked through each time. */
const inOnePiece = (text: string): string => Buffer.from(text).toString();

function valueJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `{"stringValue":${JSON.stringify(value)}}`;
    case 'number':
      return `{"${Number.isInteger(value) ? 'intValue' : 'doubleValue'}":${Number.isFinite(value) ? value : 'null'}}`;
    case 'boolean':
      return `{"boolValue":${value}}`;
    default:
      return Array.isArray(value) ? `{"arrayValue":{"values":${list(value, valueJson)}}}` : '{}';
  }
}

const NANOS_PER_MS = 1e6;
const MS_PER_S = 1000;
const NANOS_PER_S = 1e9;

/** Nanoseconds since the Unix epoch, which are too many for a number. */
function nanos(ms: number): string {
  const seconds = Math.trunc(ms / MS_PER_S);
  const rest = Math.round((ms - seconds * MS_PER_S) * NANOS_PER_MS);
  return rest === NANOS_PER_S ? `${seconds + 1}000000000` : `${seconds}${String(NANOS_PER_S + rest).slice(1)}`;
}

const flags = (traceFlags: number, isRemote: boolean | undefined): number =>
  (traceFlags & 0xff) | IS_REMOTE_KNOWN | (isRemote === true ? IS_REMOTE : 0);
