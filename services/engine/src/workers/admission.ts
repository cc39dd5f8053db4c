import type { Clock, Random } from '@penstock/clock';
import { ProblemError } from '@penstock/contracts';
import {
  CONCURRENCY_DEFAULTS,
  ConcurrencyPolicy,
  type LoadSign,
  OverloadedError,
  type PolicyEvent,
  type Priority,
  type Settled,
} from '@penstock/resilience';

/** Batch work may fill this share; the rest is kept for interactive work. */
const BATCH_SHARE = 0.8;
const MAX_LIMIT = 100_000;

export interface AdmissionOptions {
  readonly workers: number;
  readonly queue: number;
  /** Whether the limit moves; else it stays what workers and queue hold. */
  readonly adaptive: boolean;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of what is not admitted, and of each other limit. */
  readonly onEvent?: (event: PolicyEvent) => void;
}

/**
 * How many analyses may be under way or waiting. It starts with all that the queue holds, shrinks when deadlines pass
 * in the queue (it was longer than its callers could wait), and grows again with answers.
 */
export class Admission {
  readonly #policy: ConcurrencyPolicy;

  constructor({ workers, queue, adaptive, clock, random, onEvent }: AdmissionOptions) {
    const max = Math.min(MAX_LIMIT, workers + queue);
    const min = adaptive ? Math.min(workers, max) : max;
    this.#policy = new ConcurrencyPolicy(
      { ...CONCURRENCY_DEFAULTS, algorithm: 'aimd', initial: max, min, max, batchShare: BATCH_SHARE },
      { name: 'workers', clock, random, onEvent },
    );
  }

  get limit(): number {
    return this.#policy.limit;
  }

  /**
   * @param begun whether the work had left the queue
   * @param refusal the problem for what is not admitted
   */
  async run<T>(
    priority: Priority,
    work: () => Promise<T>,
    begun: () => boolean,
    refusal: (cause: OverloadedError) => ProblemError,
  ): Promise<T> {
    try {
      return await this.#policy.run({ priority }, work, (settled) => signOf(settled, begun()));
    } catch (error) {
      if (error instanceof OverloadedError) throw refusal(error);
      throw error;
    }
  }
}

// Work that took too long once it ran says nothing about the queue; nor does a caller who left it.
function signOf(settled: Settled<unknown>, begun: boolean): LoadSign {
  if (!('error' in settled)) return 'answered';
  const expired = settled.error instanceof ProblemError && settled.error.code === 'deadline_exceeded';
  return expired && !begun ? 'dropped' : 'ignored';
}
