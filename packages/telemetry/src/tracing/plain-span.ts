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
  readonly attributes: Attributes;
  /** Milliseconds since the Unix epoch; now where left out. */
  readonly startMs: number | undefined;
}

/**
 * A span as the API writes and as exporters read it. It does what the SDK's does for names and values of our schema, which
 * are checked by the compiler: nothing is copied or validated, and times stay numbers until they are exported.
 */
export class PlainSpan implements Span, ReadableSpan {
  name: string;
  readonly kind: SpanKind;
  readonly parentSpanContext?: SpanContext;
  readonly attributes: Attributes;
  readonly events: TimedEvent[] = [];
  readonly links: Link[] = [];
  status: SpanStatus = { code: SpanStatusCode.UNSET };
  ended = false;
  readonly droppedAttributesCount = 0;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  readonly #origin: SpanOrigin;
  readonly #spanContext: SpanContext;
  readonly #startMs: number;
  /** On the monotonic clock, ms; undefined where the start was given. */
  readonly #startedAt: number | undefined;
  #endMs = 0;

  /** Takes the attributes over as they are. */
  constructor(origin: SpanOrigin, { name, kind, context, parent, attributes, startMs }: PlainSpanOptions) {
    this.#origin = origin;
    this.name = name;
    this.kind = kind;
    this.#spanContext = context;
    if (parent !== undefined) this.parentSpanContext = parent;
    this.attributes = attributes;
    this.#startMs = startMs ?? origin.clock.now();
    this.#startedAt = startMs === undefined ? origin.clock.monotonic() : undefined;
  }

  get resource(): Resource {
    return this.#origin.resource;
  }

  get instrumentationScope(): InstrumentationScope {
    return this.#origin.scope;
  }

  get startTime(): HrTime {
    return millisToHrTime(this.#startMs);
  }

  get endTime(): HrTime {
    return millisToHrTime(this.#endMs);
  }

  get duration(): HrTime {
    return millisToHrTime(this.ended ? this.#endMs - this.#startMs : 0);
  }

  spanContext(): SpanContext {
    return this.#spanContext;
  }

  isRecording(): boolean {
    return !this.ended;
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (!this.ended) this.attributes[key] = value;
    return this;
  }

  setAttributes(attributes: Attributes): this {
    if (this.ended) return this;
    for (const name in attributes) {
      const value = attributes[name];
      if (value !== undefined) this.attributes[name] = value;
    }
    return this;
  }

  /** Takes the attributes over as they are. */
  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (this.ended) return this;
    const withTime = isTimeInput(attributesOrTime);
    const at = millisToHrTime(this.#timeOf(withTime ? attributesOrTime : time));
    const attributes = withTime ? {} : ((attributesOrTime as Attributes | undefined) ?? {});
    this.droppedEventsCount += makeRoom(this.events, MAX_EVENTS);
    this.events.push({ name, attributes, time: at, droppedAttributesCount: 0 });
    return this;
  }

  addLink(link: Link): this {
    if (this.ended) return this;
    this.droppedLinksCount += makeRoom(this.links, MAX_LINKS);
    this.links.push(link);
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
    this.#endMs = Math.max(this.#startMs, this.#timeOf(time));
    this.ended = true;
    this.#origin.onEnd(this);
  }

  /** Milliseconds since the Unix epoch; numbers are given as such. */
  #timeOf(time: TimeInput | undefined): number {
    if (typeof time === 'number') return time;
    if (time !== undefined) return hrTimeToMilliseconds(timeInputToHrTime(time));
    const { clock } = this.#origin;
    return this.#startedAt === undefined ? clock.now() : this.#startMs + clock.monotonic() - this.#startedAt;
  }
}

/** Drops the oldest where there are as many as may be; how many were dropped. */
function makeRoom(items: unknown[], limit: number): number {
  if (items.length < limit) return 0;
  items.shift();
  return 1;
}
