import type { Server, ServerResponse } from 'node:http';
import net, { type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, sleep } from '@penstock/clock';
import type { Listener } from './drain.ts';

/** A kept connection is ended after this long without a request, in milliseconds. */
const IDLE_MS = 150;
const LOOK_EVERY_MS = 25;
/** A turn of the event loop shorter than this is quiet. */
const QUIET_TURN_MS = 2;
const MAX_TURNS = 200;

interface Connection {
  requests: number;
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
  server.on('connection', (socket) => {
    connections.set(socket, { requests: 0, bytesRead: 0, lastActivity: clock.monotonic() });
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', (request, response) => {
    const connection = connections.get(request.socket);
    if (connection === undefined) return;
    connection.requests++;
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
      await quietTurn(clock);
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
  return connection.requests === 0 && now - connection.lastActivity >= IDLE_MS;
}

/**
 * Closing a listening socket resets connections that the kernel has set up and we have not accepted.
 * They are accepted once in every turn of the event loop, so the shorter the turn, the fewer there can be.
 */
async function quietTurn(clock: Clock): Promise<void> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const began = clock.monotonic();
    await nextTurn();
    if (clock.monotonic() - began < QUIET_TURN_MS && turn > 0) return;
  }
}
