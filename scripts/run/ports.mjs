import { createServer } from 'node:net';
import { Failure } from './failure.mjs';

const defaults = { ENGINE_PORT: 8080, GATEWAY_PORT: 8082 };

/**
 * The port that `variable` asks for, found free. 0 asks for any free one.
 * @throws Failure naming the port and the variable that changes it
 */
export async function freePort(variable, env, taken) {
  const text = env[variable] ?? '';
  const port = text.trim() === '' ? defaults[variable] : Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Failure(`${variable}: received ${JSON.stringify(text)}, accepted: an integer from 0 to 65535`);
  }
  if (port !== 0 && port === taken)
    throw new Failure(`Port ${port} is asked for twice: give ENGINE_PORT and GATEWAY_PORT different values`);
  return probe(variable, port, env.HOST || '127.0.0.1');
}

function probe(variable, port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => reject(new Failure(describe(error, variable, port, host))));
    server.listen({ port, host, exclusive: true }, () => {
      const { port: found } = server.address();
      server.close(() => resolve(found));
    });
  });
}

function describe(error, variable, port, host) {
  const other = `${variable}=${port === 0 ? defaults[variable] : port + 100}`;
  if (error.code === 'EADDRINUSE')
    return `Port ${port} is in use: end what listens there, or choose another one with ${variable}, as in ${other} npm start`;
  if (error.code === 'EACCES')
    return `Port ${port} needs privileges: choose one above 1023 with ${variable}, as in ${other} npm start`;
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return `HOST: ${JSON.stringify(host)} is no address of this machine`;
  return `Port ${port} on ${host} cannot be used: ${error.message}`;
}
