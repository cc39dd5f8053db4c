import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import type { Readable } from 'node:stream';
import { test } from 'node:test';
import { NamedPipe } from '../../../../test/support/named-pipe.ts';
import { until } from '../../../../test/support/process.ts';
import { bindSpan, createLogger, OFF_SPAN, startServerSpan, withSpan } from '../../src/index.ts';
import { recordingTracing } from '../support/recording-tracing.ts';

function world(options: { format?: 'ecs' | 'pretty'; level?: string } = {}) {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'gateway',
    version: '1.2.3',
    level: options.level ?? 'info',
    format: options.format ?? 'ecs',
    stream: { write: (line: string) => void lines.push(line) },
  });
  return { logger, lines };
}

test('a line is ECS JSON with service, level and fields', () => {
  const { logger, lines } = world();
  logger.info({ port: 8082 }, 'listening');
  logger.debug('not shown');
  assert.equal(lines.length, 1);
  const record = JSON.parse(lines[0]!);
  assert.equal(record.message, 'listening');
  assert.equal(record['log.level'], 'info');
  assert.equal(record['service.name'], 'gateway');
  assert.equal(record['service.version'], '1.2.3');
  assert.equal(record.port, 8082);
  assert.ok(Number.isFinite(Date.parse(record['@timestamp'])));
  assert.equal(record['trace.id'], undefined);
});

test('an error is written as ECS error fields', () => {
  const { logger, lines } = world();
  logger.error({ err: new RangeError('too far') }, 'failed');
  const { error } = JSON.parse(lines[0]!);
  assert.equal(error.type, 'RangeError');
  assert.equal(error.message, 'too far');
  assert.match(error.stack_trace, /create-logger\.test/);
});

test('a line of a logger that is bound to a span carries its ids, and so do those of its children', () => {
  const { tracing } = recordingTracing();
  const span = startServerSpan(tracing, { method: 'GET', route: '/', headers: {} });
  const { logger, lines } = world();
  const request = logger.child({ part: 'x' });
  bindSpan(request, span);
  request.info('inside');
  request.child({ deeper: 1 }).info('inside');
  withSpan(logger, span).info('inside');
  const { traceId, spanId } = span.spanContext();
  for (const line of lines) {
    const record = JSON.parse(line);
    assert.deepEqual([record.message, record['trace.id'], record['span.id']], ['inside', traceId, spanId]);
  }
  assert.equal(lines.length, 3);
});

test('the ids of the span that a logger was bound to last are the only ones in its lines', () => {
  const { tracing } = recordingTracing();
  const [first, second] = [1, 2].map(() => startServerSpan(tracing, { method: 'GET', route: '/', headers: {} }));
  const { logger, lines } = world();
  const request = logger.child({});
  bindSpan(request, first!);
  withSpan(request, second!).info('inside');
  request.info('outside');
  assert.deepEqual(
    lines.map((line) => line.match(/"span\.id":"\w+"/g)),
    [second!, first!].map((span) => [`"span.id":"${span.spanContext().spanId}"`]),
  );
});

test('no other line carries an id, nor does one of a request that is not traced', () => {
  const { tracing } = recordingTracing();
  const { logger, lines } = world();
  bindSpan(logger.child({}), startServerSpan(tracing, { method: 'GET', route: '/', headers: {} }));
  logger.info('outside');
  withSpan(logger, OFF_SPAN).info('untraced');
  for (const line of lines) assert.equal(JSON.parse(line)['trace.id'], undefined);
  assert.equal(lines.length, 2);
});

test('a pretty line is short: time, level, service, message, fields', () => {
  const { logger, lines } = world({ format: 'pretty' });
  logger.warn({ attempt: 2, why: 'slow' }, 'again');
  assert.match(lines[0]!, /^\d\d:\d\d:\d\d\.\d{3} {2}WARN {3}gateway {2}again {2}attempt=2 {2}why=slow\n$/);
});

test('a pretty error shows its stack below the line', () => {
  const { logger, lines } = world({ format: 'pretty' });
  logger.error(new Error('boom'));
  assert.match(lines[0]!, /ERROR {2}gateway {2}boom\nError: boom\n {4}at /);
});

test('an unknown level stops the start with what is allowed', () => {
  assert.throws(() => world({ level: 'loud' }), {
    name: 'TelemetryConfigError',
    message: 'LOG_LEVEL: received "loud", allowed: trace, debug, info, warn, error, fatal, silent',
  });
});

const index = new URL('../../src/index.ts', import.meta.url).href;
const script = (body: string): string[] => [
  '--input-type=module',
  '-e',
  `import { createLogger } from ${JSON.stringify(index)}; const logger = createLogger({ service: 'engine', level: 'info' }); ${body}`,
];

test('the lines before process.exit are not lost', async () => {
  const child = spawn(process.execPath, script("for (let i = 0; i < 500; i++) logger.info('line ' + i); process.exit(0);"));
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await once(child, 'close');
  assert.equal(output.trim().split('\n').length, 500);
});

test('a reader of the log that goes away does not end the service', async () => {
  const body = "setInterval(() => logger.info('x'.repeat(1000)), 1); setTimeout(() => process.exit(7), 300);";
  const child = spawn(process.execPath, script(body), { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = await once(child, 'exit');
  assert.equal(code, 7);
});

for (const [what, leave] of [
  ['gone', (stdout: Readable) => void stdout.destroy()],
  ['stuck', (stdout: Readable) => void stdout.pause()],
] as const) {
  test(`a reader of the log that is ${what} does not delay the exit`, async () => {
    const body =
      "logger.info('first'); setTimeout(() => { for (let i = 0; i < 5000; i++) logger.info('x'.repeat(1000)); process.exit(0); }, 300);";
    const child = spawn(process.execPath, script(body), { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.once('data', () => leave(child.stdout));
    const limit = setTimeout(() => child.kill('SIGKILL'), 10_000);
    const [code, signal] = await once(child, 'exit');
    clearTimeout(limit);
    child.stdout.destroy();
    assert.deepEqual([code, signal], [0, null]);
  });
}

test('a full pipe delays no exit, even where another process with the same pipe has ended before', async (t) => {
  const pipe = new NamedPipe();
  t.after(() => pipe.remove());
  const fd = pipe.openWriter();
  const start = (body: string) => spawn(process.execPath, script(body), { stdio: ['pipe', fd, 'ignore'] });
  const lines = "for (let i = 0; i < 5000; i++) logger.info('x'.repeat(1000));";
  const other = start("logger.info('other'); process.stdin.once('data', () => process.exit(0));");
  // Some time after the lines, so that a write of them is under way, or was refused.
  const one = start(
    `logger.info('one'); process.stdin.once('data', () => { ${lines} setTimeout(() => process.exit(0), 200); });`,
  );
  fs.closeSync(fd);
  pipe.startReading();
  await until('a line of each', () => pipe.lines.length === 2);
  pipe.stopReading();

  other.stdin?.write('end');
  await once(other, 'exit');
  one.stdin?.write('end');
  const limit = setTimeout(() => one.kill('SIGKILL'), 10_000);
  assert.deepEqual(await once(one, 'exit'), [0, null]);
  clearTimeout(limit);
});
