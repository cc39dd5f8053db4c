import type { Clock, Random, Timer } from '@penstock/clock';
import type { ReadinessProbed } from '../events.ts';
import type { BreakerOptions } from './options.ts';

/** Asks whether the engine takes work. Resolves with its answer; a rejection counts as no. The signal ends the question. */
export type ReadinessProbe = (signal: AbortSignal) => Promise<boolean>;

type Answer = ReadinessProbed['answer'];

interface ReadinessDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly probe: ReadinessProbe;
  /** The options in force now. */
  readonly options: () => BreakerOptions;
  readonly onAnswer: (answer: Answer, durationMs: number) => void;
}

interface Question {
  readonly askedAt: number;
  readonly controller: AbortController;
  readonly limit: Timer;
}

/**
 * Asks for the engine's readiness every so often until it is stopped, one question at a time, each with its own limit.
 * What is answered after the limit or the stop is dropped.
 */
export class Readiness {
  readonly #deps: ReadinessDeps;
  #timer: Timer | undefined;
  #question: Question | undefined;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
    this.#wait(0);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#question?.limit.cancel();
    const question = this.#question;
    this.#timer = undefined;
    this.#question = undefined;
    question?.controller.abort();
  }

  // From question to question: one that took its time does not put off the next.
  #wait(passedMs: number): void {
    const { clock, random, options } = this.#deps;
    const { readinessMs, readinessJitter } = options();
    const waitMs = readinessMs * (1 - readinessJitter * random.next()) - passedMs;
    this.#timer = clock.timer(Math.max(0, waitMs), () => this.#ask(), { keepAlive: false });
  }

  #ask(): void {
    const { clock, options } = this.#deps;
    const controller = new AbortController();
    const limit = clock.timer(options().readinessTimeoutMs, () => this.#answered(question, 'timeout'), { keepAlive: false });
    const question = { askedAt: clock.monotonic(), controller, limit };
    this.#timer = undefined;
    this.#question = question;
    try {
      this.#deps.probe(controller.signal).then(
        (ready) => this.#answered(question, ready ? 'ready' : 'not_ready'),
        () => this.#answered(question, 'failed'),
      );
    } catch {
      // A probe that throws before it returns a promise has failed like one that rejects.
      this.#answered(question, 'failed');
    }
  }

  #answered(question: Question, answer: Answer): void {
    if (question !== this.#question) return;
    this.#question = undefined;
    question.limit.cancel();
    const durationMs = this.#deps.clock.monotonic() - question.askedAt;
    // Before anything that `onAnswer` may do: it may stop this.
    this.#wait(durationMs);
    if (answer === 'timeout') question.controller.abort();
    this.#deps.onAnswer(answer, durationMs);
  }
}
