import { ProblemError } from '@penstock/contracts';

export function tooMuchMemory(memoryBytes: number, cause: unknown): ProblemError {
  const detail = `Reading this table takes more than the ${Math.round(memoryBytes / 2 ** 20)} MiB that one upload may use.`;
  return new ProblemError('payload_too_large', detail, { cause });
}
