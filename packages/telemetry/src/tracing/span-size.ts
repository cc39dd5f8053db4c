import type { PlainSpan } from './plain-span.ts';

/** Bytes of a span in binary thrift, roughly and rather too many. */
export function estimatedBytes(span: PlainSpan): number {
  let bytes =
    200 + span.name.length * 3 + span.links.length * 80 + tagBytes(span.ownAttributes ?? {}) + tagBytes(span.resource.attributes);
  for (const { values } of span.sharedAttributes) bytes += tagBytes(values);
  bytes += Buffer.byteLength(span.status.message ?? '');
  for (const event of span.givenEvents) bytes += 100 + Buffer.byteLength(event.name) + tagBytes(event.attributes);
  return bytes;
}

function tagBytes(attributes: Readonly<Record<string, unknown>>): number {
  let bytes = 0;
  for (const name in attributes) {
    const value = attributes[name];
    if (value === undefined) continue;
    const size = typeof value === 'number' || typeof value === 'boolean' ? 8 : Buffer.byteLength(String(value));
    bytes += 50 + Buffer.byteLength(name) + size;
  }
  return bytes;
}
