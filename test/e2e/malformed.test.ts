/** Everything that the engine must refuse, and what only a socket can send, through the gateway. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Problem } from '../../packages/contracts/src/index.ts';
import { analyzing, MALFORMED, type MalformedRequest, UNUSABLE } from '../support/malformed-requests.ts';
import { Pair } from '../support/pair.ts';
import { analysisRequest, analyze, send, upload } from '../support/requests.ts';

/** fetch refuses to send a length that is not the body's: RAW has that. */
const sendable = ({ headers = {} }: MalformedRequest): boolean => !('content-length' in headers);
const ALL = Object.entries(MALFORMED).flatMap(([kind, rows]) =>
  rows.filter(([, request]) => sendable(request)).map((row) => [kind, row] as const),
);

/** Headers between gateway and engine are the gateway's: what a client writes there never arrives. */
const ONLY_FOR_THE_ENGINE = /deadline/;

/** Bytes that are no request: what is answered first must be this status, or the connection ends without a word. */
const RAW: readonly (readonly [what: string, bytes: string | Buffer, status: number])[] = [
  ['noise', Buffer.from(Array.from({ length: 512 }, (_, i) => (i * 37) % 256)), 400],
  ['a request line without a version, as in HTTP/0.9', 'GET /\r\n\r\n', 404],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 400],
  ['a header without a colon', 'GET / HTTP/1.1\r\nhost a\r\n\r\n', 400],
  ['no Host', 'GET /health HTTP/1.1\r\n\r\n', 400],
  ['two Content-Lengths', 'POST /api/datasets HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 400],
  [
    'Content-Length and chunks',
    'POST /api/datasets HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a negative Content-Length', 'POST /api/datasets HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n', 400],
  [
    'a broken chunk',
    'POST /api/datasets HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-type: text/csv\r\n\r\nxyz\r\n',
    400,
  ],
  [
    'too many headers',
    `GET /health HTTP/1.1\r\nhost: a\r\n${Array.from({ length: 1500 }, (_, i) => `x-${i}: ${'y'.repeat(20)}\r\n`).join('')}\r\n`,
    431,
  ],
  ['a long request line', `GET /${'a'.repeat(40_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, 431],
  ['a NUL in a header', 'GET /health HTTP/1.1\r\nhost: a\r\nx: a\0b\r\n\r\n', 400],
];

async function rawStatus(port: number, bytes: string | Buffer): Promise<{ status: number; text: string }> {
  const socket = net.connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => socket.destroy());
  socket.write(bytes);
  const timer = setTimeout(() => socket.end(), 500);
  await once(socket, 'close');
  clearTimeout(timer);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), text };
}

describe('malformed requests through the gateway', () => {
  let pair: Pair;
  before(async () => {
    pair = await Pair.start();
  });
  after(() => pair.stop());

  const ask = ({ method = 'GET', url, headers = {}, payload }: MalformedRequest) =>
    send<Problem>(`${pair.gatewayUrl}${url}`, {
      method,
      headers,
      ...(payload !== undefined && method !== 'GET' && { body: typeof payload === 'string' ? payload : new Uint8Array(payload) }),
    });

  function isProblem(answer: Awaited<ReturnType<typeof ask>>, what: string): void {
    assert.ok(
      answer.status >= 400 && answer.status !== 500 && (answer.status < 500 || answer.status === 501),
      `${what}: ${answer.status} ${answer.text.slice(0, 300)}`,
    );
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, what);
    assert.ok(answer.body.detail.length > 5 && answer.body.detail.length < 5000, `${what}: ${answer.body.detail}`);
  }

  it('are at least 200', () =>
    assert.ok(ALL.length + UNUSABLE.length + RAW.length >= 200, String(ALL.length + UNUSABLE.length + RAW.length)));

  for (const kind of Object.keys(MALFORMED)) {
    it(`${kind.toLowerCase()}: each is refused with a problem that says what was wrong, none with a 500`, async () => {
      for (const [, [what, request, status, says]] of ALL.filter(
        ([each, [what]]) => each === kind && !ONLY_FOR_THE_ENGINE.test(what),
      )) {
        const answer = await ask(request);
        isProblem(answer, what);
        // The gateway refuses some of it itself, before the engine sees it, and with words of its own.
        if (answer.body.layer === 'engine') {
          assert.equal(answer.status, status, what);
          assert.match(answer.body.detail, says, what);
        }
      }
    });
  }

  it('data: what cannot be analysed is refused with the reason', async () => {
    for (const [what, csv, mapping, says] of UNUSABLE) {
      const dataset_id = await upload(pair.gatewayUrl, csv);
      const { method, url, headers, payload } = analyzing({ dataset_id, mapping });
      const answer = await ask({ method: method ?? 'POST', url, headers: headers ?? {}, payload: payload ?? '' });
      assert.equal(answer.status, 422, what);
      assert.match(answer.body.detail, says, what);
    }
  });

  it('raw: what is not HTTP is answered, and harms nobody', async () => {
    for (const [what, bytes, status] of RAW) {
      const answer = await rawStatus(pair.gatewayPort, bytes);
      assert.equal(answer.status, status, `${what}: ${answer.text.slice(0, 200)}`);
    }
  });

  it('leave both services as they were, the breaker closed', async () => {
    assert.equal((await analyze(pair.gatewayUrl, analysisRequest({ seed: 77 }))).status, 200);
    const { breakers } = (
      await send<{ breakers: { state: string; consecutive_failures: number }[] }>(`${pair.gatewayUrl}/api/resilience`)
    ).body;
    assert.deepEqual([breakers[0]!.state, breakers[0]!.consecutive_failures], ['closed', 0]);
    assert.ok(pair.engine.running && pair.gateway.running);
  });
});
