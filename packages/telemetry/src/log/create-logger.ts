import { ecsFormat } from '@elastic/ecs-pino-format';
import { type DestinationStream, type Logger, levels, pino } from 'pino';
import type { ServiceName } from '../metrics/define.ts';
import { TelemetryConfigError } from '../tracing/config-error.ts';
import { logOutput } from './output.ts';
import { ownDescriptor } from './own-descriptor.ts';
import { prettyLine } from './pretty.ts';

export const LOG_LEVELS = [...Object.values(levels.labels), 'silent'] as const;
export const LOG_FORMATS = ['ecs', 'pretty'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface LoggerOptions {
  readonly service: ServiceName;
  readonly version?: string;
  /** `LOG_LEVEL`: trace, debug, info, warn, error, fatal or silent. */
  readonly level: string;
  /** `LOG_FORMAT`. Default: pretty on a terminal, ecs elsewhere. */
  readonly format?: LogFormat;
  /** Default: stdout, written without blocking, flushed at exit; lines that nobody reads are dropped and counted. */
  readonly stream?: DestinationStream;
  /** `LOG_BUFFER_BYTES`: what waits at most while stdout takes nothing, in bytes. Default 8 MiB. */
  readonly bufferBytes?: number;
  /** Told of every line that stdout did not take. */
  readonly onDropped?: (lines: number) => void;
}

/** A pino logger that writes ECS JSON, with the ids of the span that it is bound to in every line. */
export function createLogger({ service, version, level, format, stream, bufferBytes, onDropped }: LoggerOptions): Logger {
  if (!LOG_LEVELS.includes(level)) throw new TelemetryConfigError('LOG_LEVEL', level, LOG_LEVELS.join(', '));
  const onBack = (lines: number): void => logger.warn(`Log: lines dropped while nobody took them from standard output: ${lines}`);
  const target = stream ?? logOutput(ownDescriptor(process.stdout.fd), { bufferBytes, onDropped, onBack });
  const chosen = format ?? (stream === undefined && process.stdout.isTTY ? 'pretty' : 'ecs');
  const options = ecsFormat({
    serviceName: service,
    ...(version !== undefined && { serviceVersion: version }),
    convertReqRes: true,
    apmIntegration: false,
  });
  const logger = pino({ ...options, level }, chosen === 'pretty' ? prettyStream(target) : target);
  return logger;
}

// In this thread: a transport in a worker thread loses its last lines when the process exits.
const prettyStream = (target: DestinationStream): DestinationStream => ({ write: (line) => void target.write(prettyLine(line)) });
