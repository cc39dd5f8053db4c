// The thread that reads uploads, so that the event loop of the process stays free for requests.
import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { type ConversionReply, type ConversionRequest, toFailure } from './conversion-message.ts';
import { convert } from './convert.ts';

let running: AbortController | undefined;

parentPort?.on('message', (request: ConversionRequest) => {
  if (request.op === 'abort') {
    running?.abort();
    return;
  }
  running = new AbortController();
  convert(request.conversion, running.signal).then(
    (converted) => reply({ ok: true, converted, heldBytes: heldBytes() }),
    (error) => reply({ ok: false, failure: toFailure(error), heldBytes: heldBytes() }),
  );
});

const reply = (message: ConversionReply): void => parentPort?.postMessage(message);

function heldBytes(): number {
  const { total_heap_size, external_memory } = getHeapStatistics();
  return total_heap_size + external_memory;
}
