import type { EngineReply } from '../engine/engine-reply.ts';
import type { Delivery } from '../layers/delivery.ts';
import type { Codec } from './redis-idempotency-store.ts';

const LENGTH_BYTES = 4;

/**
 * An answer as bytes: the length of its head (32 bits, big-endian), the head (status and headers as JSON), and the body
 * as it came.
 */
export const keptReply: Codec<Delivery> = {
  encode({ reply: { status, headers, body } }) {
    const head = Buffer.from(JSON.stringify({ status, headers }));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(head.length);
    return Buffer.concat([length, head, body]);
  },

  decode(bytes) {
    const bodyAt = LENGTH_BYTES + bytes.readUInt32BE();
    const head = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, bodyAt)) as Omit<EngineReply, 'body'>;
    return { kind: 'answer', reply: { ...head, body: bytes.subarray(bodyAt) } };
  },
};
