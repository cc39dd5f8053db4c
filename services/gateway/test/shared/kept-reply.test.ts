import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '../../src/layers/delivery.ts';
import { keptReply } from '../../src/shared/kept-reply.ts';

const reply = { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from([0, 255, 10]) };

for (const delivery of [
  { kind: 'answer', reply },
  { kind: 'answer', reply, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
] as const satisfies readonly Delivery[]) {
  test(`an answer ${'traceparent' in delivery ? 'with' : 'without'} the span that computed it is read as it was written`, () => {
    assert.deepEqual(keptReply.decode(keptReply.encode(delivery)), delivery);
  });
}
