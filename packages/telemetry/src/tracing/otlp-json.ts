import { type Attributes, type Link, type SpanKind, type SpanStatus, SpanStatusCode } from '@opentelemetry/api';
import { Memo } from '../memo.ts';
import type { ByteText } from './byte-text.ts';
import type { PlainSpan } from './plain-span.ts';
import type { SharedAttributes } from './shared-attributes.ts';

// Bits of a span's flags in OTLP: whether it is known where the parent is, and whether it is in another process.
const IS_REMOTE_KNOWN = 0x100;
const IS_REMOTE = 0x200;

/** What an OTLP request in JSON begins with, up to its first span; all spans are of one resource and scope. */
export function otlpHead({
  resource,
  instrumentationScope: scope,
}: Pick<PlainSpan, 'resource' | 'instrumentationScope'>): string {
  const attributes = attributesJson(resource.attributes);
  const name = JSON.stringify(scope.name);
  const version = scope.version === undefined ? '' : `,"version":${JSON.stringify(scope.version)}`;
  const begin = `{"resourceSpans":[{"resource":{"attributes":${attributes}}`;
  return `${begin},"scopeSpans":[{"scope":{"name":${name}${version}},"spans":[`;
}

export const otlpTail = ']}]}]}';

/**
 * Writes a span as the SDK's serializer does, without the objects between, which cost several times more, and without what
 * is nought, empty or unset, as JSON of Protocol Buffers may leave out. What comes again and again is bytes already.
 */
export function writeSpan(out: ByteText, span: PlainSpan): void {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const { parentSpanContext: parent } = span;
  out.bytes(TRACE_ID);
  out.ascii(traceId);
  out.bytes(SPAN_ID);
  out.ascii(spanId);
  if (parent !== undefined) {
    out.bytes(PARENT_SPAN_ID);
    out.ascii(parent.spanId);
  }
  out.bytes(QUOTE);
  if (traceState !== undefined) out.text(`,"traceState":${JSON.stringify(traceState.serialize())}`);
  out.bytes(kinds.of(span.kind).of(span.name));
  writeNanos(out, span.startMs);
  out.bytes(END_TIME);
  writeNanos(out, span.endMs);
  out.bytes(ATTRIBUTES);
  writeAttributes(out, span);
  writeEvents(out, span);
  writeRest(out, span);
  out.bytes(endings.of(flags(traceFlags, parent?.isRemote)));
}

const TRACE_ID = Buffer.from('{"traceId":"');
const SPAN_ID = Buffer.from('","spanId":"');
const PARENT_SPAN_ID = Buffer.from('","parentSpanId":"');
const QUOTE = Buffer.from('"');
const kinds = new Memo(
  (kind: SpanKind) =>
    new Memo((name: string) => Buffer.from(`,"name":${JSON.stringify(name)},"kind":${kind + 1},"startTimeUnixNano":"`)),
);
const END_TIME = Buffer.from('","endTimeUnixNano":"');
const ATTRIBUTES = Buffer.from('","attributes":[');
const endings = new Memo((all: number) => Buffer.from(`,"flags":${all}}`));
const COMMA = Buffer.from(',');
const END_OF_LIST = Buffer.from(']');

function writeAttributes(out: ByteText, { sharedAttributes, ownAttributes }: PlainSpan): void {
  const begin = out.length;
  for (const shared of sharedAttributes) {
    const bytes = sharedBytes(shared);
    if (bytes.length > 0 && out.length > begin) out.bytes(COMMA);
    out.bytes(bytes);
  }
  const own = ownAttributes === undefined ? '' : pairsJson(ownAttributes);
  if (own !== '') out.text(out.length > begin ? `,${own}` : own);
  out.bytes(END_OF_LIST);
}

// In memory of its own: cut from a pool, those of a connection would keep the whole of it.
const sharedBytes = (shared: SharedAttributes): Uint8Array => (shared.otlp ??= utf8.encode(pairsJson(shared.values)));

const utf8 = new TextEncoder();

const EVENTS = Buffer.from(',"events":[');
const EVENT = Buffer.from('{"attributes":[');
const eventNames = new Memo((name: string) => Buffer.from(`],"name":${JSON.stringify(name)},"timeUnixNano":"`));
const END_OF_EVENT = Buffer.from('"}');

function writeEvents(out: ByteText, { givenEvents, droppedEventsCount }: PlainSpan): void {
  if (givenEvents.length === 0) return;
  out.bytes(EVENTS);
  for (const event of givenEvents) {
    if (event !== givenEvents[0]) out.bytes(COMMA);
    out.bytes(EVENT);
    if (event.shared === undefined) out.text(pairsJson(event.attributes));
    else out.bytes(sharedBytes(event.shared));
    out.bytes(eventNames.of(event.name));
    writeNanos(out, event.atMs);
    out.bytes(END_OF_EVENT);
  }
  out.text(`]${dropped('Events', droppedEventsCount)}`);
}

// What few spans have.
function writeRest(out: ByteText, { status, links, droppedLinksCount }: PlainSpan): void {
  if (status.code !== SpanStatusCode.UNSET) out.text(`,"status":${statusJson(status)}`);
  if (links.length > 0) out.text(`,"links":${list(links, linkJson)}${dropped('Links', droppedLinksCount)}`);
}

const dropped = (what: 'Events' | 'Links', count: number): string => (count === 0 ? '' : `,"dropped${what}Count":${count}`);

const statusJson = ({ code, message }: SpanStatus): string =>
  `{"code":${code}${message === undefined ? '' : `,"message":${JSON.stringify(message)}`}}`;

const linkJson = ({ attributes = {}, context, droppedAttributesCount = 0 }: Link): string =>
  `{"attributes":${attributesJson(attributes)},"spanId":"${context.spanId}","traceId":"${context.traceId}"` +
  (context.traceState === undefined ? '' : `,"traceState":${JSON.stringify(context.traceState.serialize())}`) +
  (droppedAttributesCount === 0 ? '' : `,"droppedAttributesCount":${droppedAttributesCount}`) +
  `,"flags":${flags(context.traceFlags, context.isRemote)}}`;

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

const attributesJson = (attributes: Attributes): string => `[${pairsJson(attributes)}]`;

function pairsJson(attributes: Attributes): string {
  let all = '';
  for (const name in attributes) {
    const value = attributes[name];
    if (value === undefined) continue;
    if (all !== '') all += ',';
    all += attributeJson(knownName(name), value);
  }
  return all;
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
const NANO_DIGITS = 9;

/** Nanoseconds since the Unix epoch, which are too many for a number. */
function writeNanos(out: ByteText, ms: number): void {
  const seconds = Math.trunc(ms / MS_PER_S);
  const nanos = Math.round((ms - seconds * MS_PER_S) * NANOS_PER_MS);
  const carry = nanos === NANOS_PER_S;
  out.ascii(secondsText(carry ? seconds + 1 : seconds));
  out.digits(carry ? 0 : nanos, NANO_DIGITS);
}

let latestSeconds = 0;
let latestText = '0';

// Thousands of times are within the same second.
function secondsText(seconds: number): string {
  if (seconds !== latestSeconds) {
    latestSeconds = seconds;
    latestText = String(seconds);
  }
  return latestText;
}

const flags = (traceFlags: number, isRemote: boolean | undefined): number =>
  (traceFlags & 0xff) | IS_REMOTE_KNOWN | (isRemote === true ? IS_REMOTE : 0);
