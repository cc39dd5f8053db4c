import {
  type Attributes,
  type AttributeValue,
  type Exception,
  type HrTime,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
} from '@opentelemetry/api';
import {
  hrTimeToMilliseconds,
  type InstrumentationScope,
  isTimeInput,
  millisToHrTime,
  timeInputToHrTime,
} from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan, TimedEvent } from '@opentelemetry/sdk-trace-base';
import type { Clock } from '@penstock/clock';
import type { SharedAttributes } from './shared-attributes.ts';

/** Events and links of one span at most, as in the SDK; the oldest go first. */
const MAX_EVENTS = 128;
const MAX_LINKS = 128;

/** What all spans of a tracer have in common. */
export interface SpanOrigin {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  readonly clock: Clock;
  readonly onEnd: (span: PlainSpan) => void;
}

export interface PlainSpanOptions {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  readonly parent: SpanContext | undefined;
  /** Milliseconds since the Unix epoch; now where left out. */
  readonly startMs: number | undefined;
  /** A span of this process that it is within: both are timed by one look at the system's clock. */
  readonly within?: PlainSpan | undefined;
}

export interface PlainEvent {
  readonly name: string;
  /** As given: a value may be undefined. */
  readonly attributes: Attributes;
  /** The same, where other events have them alike. */
  readonly shared: SharedAttributes | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
}

// Most spans have none of one or the other: what they begin with is shared.
const NONE: readonly never[] = Object.freeze([]);
const UNSET: SpanStatus = Object.freeze({ code: SpanStatusCode.UNSET });

/**
 * A span as the API writes and as exporters read it. It does what the SDK's does for names and values of our schema, which
 * are checked by the compiler: nothing is copied or validated, and what exporters read is made when they read it.
 */
export class PlainSpan implements Span, ReadableSpan {
  name: string;
  readonly kind: SpanKind;
  readonly parentSpanContext?: SpanContext;
  /** Milliseconds since the Unix epoch. */
  readonly startMs: number;
  endMs = 0;
  /** As given: a value may be undefined. */
  ownAttributes: Attributes | undefined;
  sharedAttributes: readonly SharedAttributes[] = NONE;
  givenEvents: readonly PlainEvent[] = NONE;
  links: Link[] = NONE as unknown as Link[];
  status: SpanStatus = UNSET;
  ended = false;
  readonly droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  readonly #origin: SpanOrigin;
  readonly #spanContext: SpanContext;
  /** On the monotonic clock, ms; undefined where the start was given. */
  readonly #startedAt: number | undefined;

  constructor(origin: SpanOrigin, { name, kind, context, parent, startMs, within }: PlainSpanOptions) {
    this.#origin = origin;
    this.name = name;
    this.kind = kind;
    this.#spanContext = context;
    if (parent !== undefined) this.parentSpanContext = parent;
    if (startMs !== undefined) {
      this.startMs = startMs;
    } else {
      const at = origin.clock.monotonic();
      this.#startedAt = at;
      this.startMs = within === undefined ? origin.clock.now() : within.#at(at);
    }
  }

  get resource(): Resource {
    return this.#origin.resource;
  }

  get instrumentationScope(): InstrumentationScope {
    return this.#origin.scope;
  }

  get startTime(): HrTime {
    return millisToHrTime(this.startMs);
  }

  get endTime(): HrTime {
    return millisToHrTime(this.endMs);
  }

  get duration(): HrTime {
    return millisToHrTime(this.ended ? this.endMs - this.startMs : 0);
  }

  get attributes(): Attributes {
    const all: Attributes = {};
    for (const { values } of this.sharedAttributes) addDefined(all, values);
    if (this.ownAttributes !== undefined) addDefined(all, this.ownAttributes);
    return all;
  }

  attribute(name: string): AttributeValue | undefined {
    const own = this.ownAttributes?.[name];
    return own ?? this.sharedAttributes.find(({ values }) => values[name] !== undefined)?.values[name];
  }

  get events(): TimedEvent[] {
    return this.givenEvents.map(({ name, attributes, atMs }) => ({
      name,
      attributes: addDefined({}, attributes),
      time: millisToHrTime(atMs),
      droppedAttributesCount: 0,
    }));
  }

  spanContext(): SpanContext {
    return this.#spanContext;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (this.ended) return this;
    this.ownAttributes ??= {};
    this.ownAttributes[key] = value;
    return this;
  }

  /** The first are taken over as they are. */
  setAttributes(attributes: Attributes): this {
    if (this.ended) return this;
    if (this.ownAttributes === undefined) this.ownAttributes = attributes;
    else addDefined(this.ownAttributes, attributes);
    return this;
  }

  addShared(attributes: SharedAttributes): this {
    if (this.ended) return this;
    if (this.sharedAttributes === NONE) this.sharedAttributes = [attributes];
    else (this.sharedAttributes as SharedAttributes[]).push(attributes);
    return this;
  }

  /** Takes the attributes over as they are. */
  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.ended) return this;
    const withTime = isTimeInput(attributesOrTime);
    const atMs = this.#timeOf(withTime ? attributesOrTime : time);
    const attributes = withTime ? {} : ((attributesOrTime as Attributes | undefined) ?? {});
    return this.#addEvent({ name, attributes, shared: undefined, atMs });
  }

  addSharedEvent(name: string, shared: SharedAttributes): this {
    if (this.ended) return this;
    return this.#addEvent({ name, attributes: shared.values, shared, atMs: this.#timeOf(undefined) });
  }

  #addEvent(event: PlainEvent): this {
    if (this.givenEvents === NONE) this.givenEvents = [event];
    else this.droppedEventsCount += push(this.givenEvents as PlainEvent[], event, MAX_EVENTS);
    return this;
  }

  addLink(link: Link): this {
    if (this.ended) return this;
    if (this.links.length === 0) this.links = [link];
    else this.droppedLinksCount += push(this.links, link, MAX_LINKS);
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (!this.ended) this.status = status;
    return this;
  }

  updateName(name: string): this {
    if (!this.ended) this.name = name;
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const { name, message, stack } = typeof exception === 'string' ? { message: exception } : (exception as Error);
    const told = { 'exception.type': name, 'exception.message': message, 'exception.stacktrace': stack };
    this.addEvent('exception', told, time);
  }

  end(time?: TimeInput): void {
    if (this.ended) return;
    // A clock that was set back makes no negative duration.
    this.endMs = Math.max(this.startMs, this.#timeOf(time));
    this.ended = true;
    this.#origin.onEnd(this);
  }

  /** Milliseconds since the Unix epoch at a time of the monotonic clock. */
  #at(monotonic: number): number {
    return this.#startedAt === undefined ? this.#origin.clock.now() : this.startMs + monotonic - this.#startedAt;
  }

  /** Milliseconds since the Unix epoch; numbers are given as such. */
  #timeOf(time: TimeInput | undefined): number {
    if (typeof time === 'number') return time;
    if (time !== undefined) return hrTimeToMilliseconds(timeInputToHrTime(time));
    return this.#at(this.#origin.clock.monotonic());
  }
}

/** Drops the oldest where there are as many as may be; how many were dropped. */
function push<T>(items: T[], item: T, limit: number): number {
  items.push(item);
  if (items.length <= limit) return 0;
  items.shift();
  return 1;
}

/** Without what is there but undefined: exporters call it invalid. */
function addDefined(all: Attributes, attributes: Attributes): Attributes {
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) all[name] = value;
  }
  return all;
}
