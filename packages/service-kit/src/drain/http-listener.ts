import type { Server, ServerResponse } from 'node:http';
import net, { type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, sleep } from '@penstock/clock';
import type { Listener } from './drain.ts';

/** A kept connection is ended after this long without a request, in milliseconds. */
const IDLE_MS = 150;
/** A new connection gets this long for its first request: nobody opens one without having something to say. */
const FIRST_REQUEST_MS = 2000;
const LOOK_EVERY_MS = 25;
/** A turn of the event loop shorter than this is quiet. */
const QUIET_TURN_MS = 0.2;
/** After this long without a quiet turn, any in which no connection came will do; after twice this, any at all. */
const QUIET_LIMIT_MS = 1000;

interface Connection {
  /** Under way. */
  requests: number;
  asked: boolean;
  /** Of the request under way. */
  response?: ServerResponse | undefined;
  bytesRead: number;
  lastActivity: number;
}

export interface FollowedListener extends Listener {
  /** Whether a reply on this connection has begun and not ended. */
  isReplying(socket: Socket): boolean;
}

/**
 * Follows the connections of an HTTP server, so that a drain can end each when nothing happens on it.
 * `server.close()` would reset a kept connection at the instant a client sends on it: here only the listening
 * socket is closed, and each connection when it has been idle for a while.
 */
export function followConnections(server: Server, clock: Clock): FollowedListener {
  const connections = new Map<Socket, Connection>();
  let accepted = 0;
  server.on('connection', (socket) => {
    accepted++;
    connections.set(socket, { requests: 0, asked: false, bytesRead: 0, lastActivity: clock.monotonic() });
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request, response) => {
    const connection = connections.get(request.socket);
    if (connection === undefined) return;
    connection.requests++;
    connection.asked = true;
    connection.response = response;
    response.once('close', () => {
      connection.requests--;
      connection.response = undefined;
      connection.lastActivity = clock.monotonic();
    });
  });

  return {
    isReplying: (socket) => connections.get(socket)?.response?.headersSent === true,
    async stopAccepting() {
      await quietTurn(clock, () => accepted);
      // Not http.Server.close: it also destroys idle connections.
      net.Server.prototype.close.call(server);
    },
    async closeIdle() {
      for (; connections.size > 0; await sleep(clock, LOOK_EVERY_MS)) {
        // After a pause of the event loop a request may wait unread: let it be read before its connection is judged.
        await nextTurn();
        for (const [socket, connection] of connections) {
          if (isIdle(socket, connection, clock.monotonic())) socket.destroySoon();
        }
      }
    },
    destroyAll() {
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}

function isIdle(socket: Socket, connection: Connection, now: number): boolean {
  // Bytes of a request whose headers are not complete yet count as activity.
  if (socket.bytesRead !== connection.bytesRead) {
    connection.bytesRead = socket.bytesRead;
    connection.lastActivity = now;
  }
  const patienceMs = connection.asked ? IDLE_MS : FIRST_REQUEST_MS;
  return connection.requests === 0 && now - connection.lastActivity >= patienceMs;
}

/**
 * Closing a listening socket resets connections that the kernel has set up and we have not accepted. Node accepts one
 * in every turn of the event loop, so none waits after a turn without one; and the shorter that turn, the fewer can
 * have come since.
 */
async function quietTurn(clock: Clock, accepted: () => number): Promise<void> {
  const startedAt = clock.monotonic();
  // The turn that we are in may have been past its place for accepting.
  await nextTurn();
  for (;;) {
    const before = accepted();
    const beganAt = clock.monotonic();
    await nextTurn();
    const endedAt = clock.monotonic();
    const isEmpty = accepted() === before;
    if (isEmpty && endedAt - beganAt < QUIET_TURN_MS) return;
    if (endedAt - startedAt > (isEmpty ? QUIET_LIMIT_MS : 2 * QUIET_LIMIT_MS)) return;
  }
}
