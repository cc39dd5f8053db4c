import type { EngineReply } from '../engine/engine-reply.ts';
import type { Delivery } from '../layers/delivery.ts';
import type { Codec } from './redis-idempotency-store.ts';

const LENGTH_BYTES = 4;

type Head = Omit<EngineReply, 'body'> & { readonly traceparent?: string };

/**
 * An answer as bytes: the length of its head (32 bits, big-endian), the head (status, headers and the span that it was
 * computed in, as JSON), and the body as it came.
 */
export const keptReply: Codec<Delivery> = {
  encode(delivery) {
    const { status, headers, body } = delivery.reply;
    const traceparent = delivery.kind === 'answer' ? delivery.traceparent : undefined;
    const head = Buffer.from(JSON.stringify({ status, headers, traceparent }));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(head.length);
    return Buffer.concat([length, head, body]);
  },

  decode(bytes) {
    const bodyAt = LENGTH_BYTES + bytes.readUInt32BE();
    const { traceparent, ...head } = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, bodyAt)) as Head;
    return {
      kind: 'answer',
      reply: { ...head, body: bytes.subarray(bodyAt) },
      ...(traceparent !== undefined && { traceparent }),
    };
  },
};
