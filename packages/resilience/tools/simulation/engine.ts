import { type Clock, type Random, sleep } from '@penstock/clock';
import type { Operation, Settled, Verdict } from '@penstock/resilience';
import { classifyError, classifyStatus } from '@penstock/resilience';

/** What the engine of a scenario does. Times in milliseconds from the start of the run. */
export interface EngineScript {
  /** Time to an answer. */
  readonly answerMs: number;
  /** Up to so much longer, uniformly. None by default. */
  readonly spreadMs?: number;
  /** Nothing is answered from `from` to `to`: connections are refused, or find a black hole until their timeout. */
  readonly outage?: { readonly from: number; readonly to: number; readonly kind: 'refused' | 'black_hole' };
  /** Share of the attempts that are answered 503. */
  readonly failures?: number;
  /** Share of the attempts that take so many times as long. */
  readonly slow?: { readonly share: number; readonly factor: number };
  /** Attempts worked on at once; those beyond it wait in line. Unlimited by default. */
  readonly capacity?: number;
}

/** The connect timeout of the gateway's client. */
const CONNECT_TIMEOUT_MS = 1000;

const failed = (code: string): Error => Object.assign(new Error(`connect ${code} 127.0.0.1:8080`), { code });

/** Answers as its script says, with seeded chance, on the clock of the run. */
export class ScriptedEngine {
  readonly #script: EngineScript;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #startedAt: number;
  readonly #line: (() => void)[] = [];
  #working = 0;
  attempts = 0;
  readinessProbes = 0;

  constructor(script: EngineScript, clock: Clock, random: Random) {
    this.#script = script;
    this.#clock = clock;
    this.#random = random;
    this.#startedAt = clock.monotonic();
  }

  readonly run: Operation<number> = async ({ signal }) => {
    this.attempts++;
    await this.#connect(signal);
    await this.#place(signal);
    try {
      const { answerMs, spreadMs, slow, failures = 0 } = this.#script;
      const factor = slow !== undefined && this.#random.next() < slow.share ? slow.factor : 1;
      const spread = spreadMs === undefined ? 0 : this.#random.next() * spreadMs;
      await sleep(this.#clock, (answerMs + spread) * factor, signal);
      // An outage that begins during the work cuts the connection.
      if (this.#out) throw failed('ECONNRESET');
      return this.#random.next() < failures ? 503 : 200;
    } finally {
      this.#working--;
      this.#line.shift()?.();
    }
  };

  readonly ready = async (signal: AbortSignal): Promise<boolean> => {
    this.readinessProbes++;
    await this.#connect(signal);
    return true;
  };

  readonly classify = (settled: Settled<number>): Verdict =>
    'error' in settled ? classifyError(settled.error) : classifyStatus(settled.result);

  get #out(): boolean {
    const { outage } = this.#script;
    const at = this.#clock.monotonic() - this.#startedAt;
    return outage !== undefined && at >= outage.from && at < outage.to;
  }

  async #connect(signal: AbortSignal): Promise<void> {
    if (!this.#out) return;
    if (this.#script.outage?.kind === 'refused') throw failed('ECONNREFUSED');
    await sleep(this.#clock, CONNECT_TIMEOUT_MS, signal);
    throw failed('UND_ERR_CONNECT_TIMEOUT');
  }

  async #place(signal: AbortSignal): Promise<void> {
    this.#working++;
    if (this.#working <= (this.#script.capacity ?? Number.POSITIVE_INFINITY)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#line.push(resolve);
    await promise;
    // Whoever gave up while waiting still has to be taken from the line: it is, when its turn comes.
    if (signal.aborted) {
      this.#working--;
      this.#line.shift()?.();
      throw signal.reason;
    }
  }
}
