// Stands for a service in the tests of scripts/run.mjs: answers readiness, says what it does, drains on request.
import { createServer } from 'node:http';

const name = (process.argv[1] ?? '').includes('engine') ? 'engine' : 'gateway';
const port = Number(name === 'engine' ? process.env.ENGINE_PORT : process.env.GATEWAY_PORT);
const drainMs = Number(process.env.FAKE_DRAIN_MS ?? 50);

const say = (message: string, more: object = {}) => process.stdout.write(`${JSON.stringify({ name, message, ...more })}\n`);

if (process.env.FAKE_FAILS === name) {
  process.stderr.write(`${name}: cannot start\n`);
  process.exit(1);
}

createServer((_request, response) => response.end('{}')).listen(port, '127.0.0.1', () => {
  const { LOG_FORMAT, ENGINE_URL, FROM_DOTENV, PATH } = process.env;
  const fromNpm = Object.keys(process.env).filter((key) => key.startsWith('npm_'));
  say('listening', { pid: process.pid, LOG_FORMAT, ENGINE_URL, FROM_DOTENV, fromNpm, firstOnPath: PATH?.split(':')[0] });
});

function drain(reason: string): void {
  say('draining', { reason });
  setTimeout(() => {
    say('drained');
    process.exit(0);
  }, drainMs);
}

process.once('SIGTERM', drain);
if (process.send !== undefined) process.once('disconnect', () => drain('disconnect'));
