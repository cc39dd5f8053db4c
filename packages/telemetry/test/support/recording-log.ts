import type { Log } from '../../src/index.ts';

/** A logger that keeps its messages, each with its level in front. */
export function recordingLog(): { log: Log; lines: () => readonly string[] } {
  const kept: string[] = [];
  const at =
    (level: string) =>
    (...args: readonly unknown[]): void => {
      const text = args.filter((arg) => typeof arg === 'string').join(' ');
      kept.push(`${level} ${text}`);
    };
  return { log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines: () => kept };
}
