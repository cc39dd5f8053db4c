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

/** What somebody who waits may shorten the interval to, as a share of it. */
const HURRIED = 0.1;

interface Question {
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
  /** When the last question was asked, or the asking began, on the monotonic clock, ms. */
  #askedAt: number;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
    this.#askedAt = deps.clock.monotonic();
    this.#wait(1);
  }

  /** Somebody waits for the answer: the next question does not wait for its turn. */
  hurry(): void {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#wait(HURRIED);
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
  #wait(share: number): void {
    const { clock, random, options } = this.#deps;
    const { readinessMs, readinessJitter } = options();
    const passedMs = clock.monotonic() - this.#askedAt;
    const waitMs = share * readinessMs * (1 - readinessJitter * random.next()) - passedMs;
    this.#timer = clock.timer(Math.max(0, waitMs), () => this.#ask(), { keepAlive: false });
  }

  #ask(): void {
    const { clock, options } = this.#deps;
    const controller = new AbortController();
    const limit = clock.timer(options().readinessTimeoutMs, () => this.#answered(question, 'timeout'), { keepAlive: false });
    const question = { controller, limit };
    this.#timer = undefined;
    this.#question = question;
    this.#askedAt = clock.monotonic();
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
    const durationMs = this.#deps.clock.monotonic() - this.#askedAt;
    // Before anything that `onAnswer` may do: it may stop this.
    this.#wait(1);
    if (answer === 'timeout') question.controller.abort();
    this.#deps.onAnswer(answer, durationMs);
  }
}
