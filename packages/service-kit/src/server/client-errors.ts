import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ProblemError, toProblem } from '@penstock/contracts';

const MAX_SHOWN = 120;

/**
 * A reply for what never became a request: broken syntax, headers too large, headers too late.
 * Node would close the connection without a word of why.
 */
export function replyToClientError(
  error: Error & { code?: string },
  socket: Socket,
  replying: boolean,
): ProblemError | undefined {
  // A sender that is gone in the middle of its request is that request's matter, and reads no reply.
  const senderGone = error.code === 'ECONNRESET' || error.code === 'HPE_INVALID_EOF_STATE';
  if (senderGone || !socket.writable || replying) {
    socket.destroy();
    return undefined;
  }
  const problem = problemOf(error);
  const body = JSON.stringify(toProblem(problem));
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n` +
      `content-type: application/problem+json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  return problem;
}

function problemOf({ code, message }: Error & { code?: string }): ProblemError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ProblemError('headers_too_large', 'The request line and headers together exceed 16 KiB');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new ProblemError('request_timeout', 'The request did not arrive in time');
  return new ProblemError('invalid_request', `This is not HTTP that can be understood: ${message.slice(0, MAX_SHOWN)}`);
}
