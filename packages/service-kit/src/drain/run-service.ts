import closeWithGrace from 'close-with-grace';
import type { FastifyBaseLogger } from 'fastify';
import type { Service } from '../server/build-server.ts';

export interface RunOptions {
  readonly service: Service;
  readonly host: string;
  readonly port: number;
  /** The variable that moves the port, for the message when it is in use. */
  readonly portVariable: string;
  readonly logger: FastifyBaseLogger;
  /** What SIGHUP does; without it, SIGHUP drains like SIGTERM. Must not throw. */
  readonly onHangup?: () => void;
  /** Runs after the app is closed: flushes spans. Has limits of its own. */
  readonly afterClose: () => Promise<void>;
}

/**
 * Listens, and drains on SIGTERM or SIGINT: exit code 0. A second signal exits at once.
 * A service started by a parent with an IPC channel also drains when the parent is gone.
 * @returns the address listened on
 * @throws Error with one clear line when the port is in use
 */
export async function runService(options: RunOptions): Promise<string> {
  const { service, logger } = options;
  const handle = closeWithGrace(
    {
      // The drain has limits of its own for each of its steps.
      delay: false,
      ...(options.onHangup !== undefined && { skip: ['SIGHUP'] }),
      logger: { error: (problem: unknown) => logger.error(problem instanceof Error ? { err: problem } : {}, String(problem)) },
    },
    async ({ signal, err }) => {
      if (err !== undefined) logger.fatal({ err }, 'Unexpected error, shutting down');
      else logger.info(`Received signal ${signal ?? 'none (parent gone)'}, initiating shutdown`);
      await service.stop();
      await options.afterClose();
      logger.info('Shutting down gracefully');
    },
  );
  if (options.onHangup !== undefined) process.on('SIGHUP', options.onHangup);
  if (process.send !== undefined) process.once('disconnect', () => void handle.close());
  return listen(options);
}

async function listen({ service, host, port, portVariable }: RunOptions): Promise<string> {
  try {
    return await service.app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Error(`Port ${port} on ${host} is in use: stop what uses it, or set ${portVariable} to another port`, {
        cause: error,
      });
    if (code === 'EACCES')
      throw new Error(`Port ${port} on ${host} may not be opened by this user: set ${portVariable} to a port above 1023`, {
        cause: error,
      });
    throw error;
  }
}
