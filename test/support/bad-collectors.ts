import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { BlackHole } from './black-hole.ts';

export interface BadCollector {
  /** Its address, without a path. */
  readonly url: string;
  /** Requests, connections or packets it has had. */
  hits(): number;
  /** Replies that it has begun. */
  answers(): number;
  close(): Promise<void>;
}

/** Takes connections and what is sent over them, and never answers. */
export async function blackHole(): Promise<BadCollector> {
  const sockets = new Set<net.Socket>();
  const had = { hits: 0, answers: 0 };
  const server = net.createServer((socket) => {
    had.hits++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    socket.resume();
  });
  return listening(server, had, () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** Answers each request with a status, after a delay. */
export async function answering(status: number, delayMs = 0): Promise<BadCollector> {
  const had = { hits: 0, answers: 0 };
  const server = http.createServer((request, response) => {
    had.hits++;
    const answer = (): void => {
      had.answers++;
      response.writeHead(status).end('{}');
    };
    request.resume().on('end', () => setTimeout(answer, delayMs).unref());
  });
  return listening(server, had, () => server.closeAllConnections());
}

/** An address where nothing listens: connections are refused. */
export async function refusing(): Promise<BadCollector> {
  const collector = await answering(200);
  await collector.close();
  return { ...collector, close: () => Promise.resolve() };
}

/** A machine that is not there: connections to it are neither made nor refused. */
export async function absent(): Promise<BadCollector> {
  const hole = await BlackHole.start();
  return { url: hole.url, hits: () => 0, answers: () => 0, close: () => hole.stop() };
}

/** A UDP port that takes packets, as an agent does, and keeps none. */
export async function deafAgent(): Promise<BadCollector> {
  const socket = createSocket('udp4');
  let hits = 0;
  socket.on('message', () => hits++).bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const close = (): Promise<void> => new Promise((resolve) => socket.close(() => resolve()));
  return { url: `udp://127.0.0.1:${socket.address().port}`, hits: () => hits, answers: () => 0, close };
}

/** A UDP port where nobody listens. */
export async function absentAgent(): Promise<BadCollector> {
  const agent = await deafAgent();
  await agent.close();
  return { ...agent, close: () => Promise.resolve() };
}

interface Had {
  readonly hits: number;
  readonly answers: number;
}

async function listening(server: net.Server, had: Had, cut: () => void): Promise<BadCollector> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    hits: () => had.hits,
    answers: () => had.answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
