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
}

export interface PlainEvent {
  readonly name: string;
  /** As given: a value may be undefined. */
  readonly attributes: Attributes;
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
  givenAttributes: Attributes | undefined;
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

  constructor(origin: SpanOrigin, { name, kind, context, parent, startMs }: PlainSpanOptions) {
    this.#origin = origin;
    this.name = name;
    this.kind = kind;
    this.#spanContext = context;
    if (parent !== undefined) this.parentSpanContext = parent;
    this.startMs = startMs ?? origin.clock.now();
    this.#startedAt = startMs === undefined ? origin.clock.monotonic() : undefined;
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
    return defined(this.givenAttributes ?? {});
  }

  get events(): TimedEvent[] {
    return this.givenEvents.map(({ name, attributes, atMs }) => ({
      name,
      attributes: defined(attributes),
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
    this.givenAttributes ??= {};
    this.givenAttributes[key] = value;
    return this;
  }

  /** The first are taken over as they are. */
  setAttributes(attributes: Attributes): this {
    if (this.ended) return this;
    if (this.givenAttributes === undefined) {
      this.givenAttributes = attributes;
      return this;
    }
    for (const name in attributes) {
      const value = attributes[name];
      if (value !== undefined) this.givenAttributes[name] = value;
    }
    return this;
  }

  /** Takes the attributes over as they are. */
  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.ended) return this;
    const withTime = isTimeInput(attributesOrTime);
    const atMs = this.#timeOf(withTime ? attributesOrTime : time);
    const attributes = withTime ? {} : ((attributesOrTime as Attributes | undefined) ?? {});
    const event: PlainEvent = { name, attributes, atMs };
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

  /** Milliseconds since the Unix epoch; numbers are given as such. */
  #timeOf(time: TimeInput | undefined): number {
    if (typeof time === 'number') return time;
    if (time !== undefined) return hrTimeToMilliseconds(timeInputToHrTime(time));
    const { clock } = this.#origin;
    return this.#startedAt === undefined ? clock.now() : this.startMs + clock.monotonic() - this.#startedAt;
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
function defined(attributes: Attributes): Attributes {
  const all: Attributes = {};
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) all[name] = value;
  }
  return all;
}
