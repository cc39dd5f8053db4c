import type { Attributes } from '@opentelemetry/api';
import type { SpanAttributes } from '../schema.ts';

/** Attributes for the SDK, which calls a value that is there but undefined invalid. */
export function definedAttributes(attributes: SpanAttributes): Attributes {
  const defined: Attributes = {};
  for (const name in attributes) {
    const value = attributes[name as keyof SpanAttributes];
    if (value !== undefined) defined[name] = value;
  }
  return defined;
}
