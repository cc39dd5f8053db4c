import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

export interface BadCollector {
  /** Its address, without a path. */
  readonly url: string;
  /** Requests or connections it has had. */
  hits(): number;
  close(): Promise<void>;
}

/** Takes connections and what is sent over them, and never answers. */
export async function blackHole(): Promise<BadCollector> {
  const sockets = new Set<net.Socket>();
  let hits = 0;
  const server = net.createServer((socket) => {
    hits++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    socket.resume();
  });
  return listening(
    server,
    () => hits,
    () => {
      for (const socket of sockets) socket.destroy();
    },
  );
}

/** Answers each request with a status, after a delay. */
export async function answering(status: number, delayMs = 0): Promise<BadCollector> {
  let hits = 0;
  const server = http.createServer((request, response) => {
    hits++;
    request.resume().on('end', () => setTimeout(() => response.writeHead(status).end('{}'), delayMs).unref());
  });
  return listening(
    server,
    () => hits,
    () => server.closeAllConnections(),
  );
}

/** An address where nothing listens: connections are refused. */
export async function refusing(): Promise<BadCollector> {
  const collector = await answering(200);
  await collector.close();
  return { url: collector.url, hits: () => 0, close: () => Promise.resolve() };
}

async function listening(server: net.Server, hits: () => number, cut: () => void): Promise<BadCollector> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    hits,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
