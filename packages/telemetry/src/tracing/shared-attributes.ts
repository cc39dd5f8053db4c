import type { Attributes } from '@opentelemetry/api';

/**
 * Attributes that span after span has alike, or event after event: made once, kept by whoever makes them, and written as
 * text once. Their names are given to a span by nothing else.
 */
export class SharedAttributes {
  readonly values: Attributes;
  /** As JSON of OTLP, without the brackets around; written when they are asked for first. */
  otlp: Uint8Array | undefined;

  /** @param values what is undefined is left out */
  constructor(values: Attributes) {
    this.values = Object.freeze(values);
  }
}
