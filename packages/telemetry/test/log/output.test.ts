/** The log's output over a real pipe. Services with such a pipe: test/slow/log-pipe.test.ts. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import { NamedPipe } from '../../../../test/support/named-pipe.ts';
import { until } from '../../../../test/support/process.ts';
import { logOutput } from '../../src/log/output.ts';

const LIMIT = 256 * 1024;
const PIPE_BYTES = 64 * 1024;

function world(t: TestContext) {
  const pipe = new NamedPipe();
  const fd = pipe.openWriter();
  // As `process.stdout` does for descriptor 1: a socket object makes its pipe answer EAGAIN instead of blocking.
  const socket = new net.Socket({ fd, readable: false, writable: true });
  t.after(() => {
    socket.destroy();
    pipe.remove();
  });
  let dropped = 0;
  const back: number[] = [];
  const output = logOutput(fd, {
    bufferBytes: LIMIT,
    onDropped: (lines) => (dropped += lines),
    onBack: (lines) => back.push(lines),
  });
  let next = 0;
  const write = (lines: number): void => {
    for (let i = 0; i < lines; i++) output.write(`${JSON.stringify({ line: next++, pad: 'x'.repeat(1000) })}\n`);
  };
  const read = (): number[] => pipe.lines.map((line) => (JSON.parse(line) as { line: number }).line);
  return { pipe, write, read, back, dropped: () => dropped, written: () => next };
}

test('every line arrives once, whole and in order, however many are written at once', async (t) => {
  const { pipe, write, read, dropped } = world(t);
  pipe.startReading();
  for (let burst = 0; burst < 10; burst++) {
    write(200);
    await until(`burst ${burst}`, () => read().length === 200 * (burst + 1));
  }
  assert.deepEqual(
    read(),
    Array.from({ length: 2000 }, (_, line) => line),
  );
  assert.equal(dropped(), 0);
});

test('while the reader does not read, the limit is kept, the rest counted; when it reads again, that is told once', async (t) => {
  const { pipe, write, read, back, dropped, written } = world(t);
  for (let burst = 0; burst < 20; burst++) {
    write(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(dropped() > 1000, `${dropped()} dropped`);
  assert.deepEqual(back, []);

  pipe.startReading();
  await until('all that waited', () => read().length === written() - dropped());
  assert.deepEqual(back, [dropped()]);
  assert.ok(pipe.text.length <= LIMIT + PIPE_BYTES, `${pipe.text.length} bytes were kept`);
  write(10);
  await until('the lines after it', () => read().length === written() - dropped());
  assert.deepEqual(back, [dropped()]);
  assert.deepEqual(
    read(),
    read().toSorted((a, b) => a - b),
  );
});

test('lines are lost, and counted, while there is no reader; another one gets what comes after, in whole lines', async (t) => {
  const { pipe, write, read, back, dropped, written } = world(t);
  pipe.startReading();
  write(5);
  await until('five lines', () => read().length === 5);
  pipe.closeReader();
  write(5);
  await until('a refusal', () => dropped() > 0);
  write(100);
  assert.equal(dropped(), 105);

  pipe.openReader();
  pipe.startReading();
  await until('a line at the new reader', () => {
    if (read().length === 5) write(1);
    return read().length > 5;
  });
  await until('the rest', () => read().length === written() - dropped());
  assert.deepEqual(back, [dropped()]);
});

test('an output that takes nothing at all, such as a full disk, loses lines and nothing else', async (t) => {
  const fd = fs.openSync('/dev/full', 'w');
  t.after(() => fs.closeSync(fd));
  let dropped = 0;
  const output = logOutput(fd, { onDropped: (lines) => (dropped += lines) });
  for (let line = 0; line < 10; line++) output.write(`${line}\n`);
  await until('ten lines to be counted', () => dropped === 10);
});
