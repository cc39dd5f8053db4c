import type { CallId, CallOutcome, PolicyEvent, RetryRefused } from '@penstock/resilience';

/** How a call's visit to one engine ended. */
export interface VisitEnd {
  readonly outcome: CallOutcome | 'rejected';
  readonly reason: string;
  readonly attempts: number;
  /** Present where a further attempt may succeed. */
  readonly mayGoOn: RetryRefused | undefined;
}

/** The events of one visit, on their way into the story. */
export interface Chapter {
  readonly onEvent: Listener;
  readonly end: () => VisitEnd;
}

type Listener = (event: PolicyEvent) => void;

/** Makes one story of the events of a call that visits several engines: one identity, attempts counted through, one end. */
export class CallStory {
  readonly id: CallId;
  attempts = 0;
  /** A further attempt was put off, so that what ails the engines could pass. */
  waited = false;
  readonly #name: string;
  readonly #of: number;
  readonly #listen: Listener;
  #finished: Extract<PolicyEvent, { type: 'call_finished' }> | undefined;
  #refused: RetryRefused | undefined;

  /** @param of attempts in all */
  constructor(name: string, id: CallId, of: number, listen: Listener) {
    this.#name = name;
    this.id = id;
    this.#of = of;
    this.#listen = listen;
  }

  /** What is given to the engine's pipeline for one visit. */
  visit(): Chapter {
    const before = this.attempts;
    this.#finished = undefined;
    this.#refused = undefined;
    return { onEvent: (event) => this.#hear(event, before), end: () => this.#end(before) };
  }

  /** What is given to the pipeline that a hedge of this attempt goes through. The story goes on as the hedge's race ends. */
  hedge(attempt: number): Chapter {
    let finished: Extract<PolicyEvent, { type: 'call_finished' }> | undefined;
    const common = { call: this.id, attempt, of: this.#of, hedge: true } as const;
    const onEvent = (event: PolicyEvent): void => {
      if (event.type === 'call_finished') finished = event;
      else if (event.type === 'attempt_started' || event.type === 'attempt_finished') this.#listen({ ...event, ...common });
      // That a hedge is not repeated needs no telling.
      else if (event.type !== 'retry_refused') this.#listen({ ...event, call: this.id });
    };
    const end = (): VisitEnd => {
      const { outcome = 'neutral', reason = 'internal', attempts = 0 } = finished ?? {};
      return { outcome, reason, attempts, mayGoOn: undefined };
    };
    return { onEvent, end };
  }

  /** A further attempt is made, at another engine mostly at once. */
  goesOn({ attempt, of, reason, name }: RetryRefused, delayMs: number): void {
    this.#listen({ type: 'retry_scheduled', name, call: this.id, attempt, of, delayMs, reason, message: reason });
  }

  /** It does not, for this reason. */
  stays(refused: RetryRefused, because: RetryRefused['because']): void {
    this.#listen({ ...refused, because });
  }

  finished({ outcome, reason }: Pick<VisitEnd, 'outcome' | 'reason'>, durationMs: number): void {
    const { id, attempts } = this;
    this.#listen({ type: 'call_finished', name: this.#name, call: id, outcome, reason, attempts, durationMs });
  }

  #hear(event: PolicyEvent, before: number): void {
    switch (event.type) {
      case 'call_finished':
        this.#finished = event;
        return;
      case 'retry_refused': {
        const refused = { ...event, call: this.id, attempt: before + event.attempt, of: this.#of };
        // Whether it was the last attempt is known when there is no other engine.
        if (event.because === 'attempts') this.#refused = refused;
        else this.#listen(refused);
        return;
      }
      case 'attempt_started':
        this.attempts = before + event.attempt;
        this.#listen({ ...event, call: this.id, attempt: this.attempts, of: this.#of });
        return;
      case 'retry_scheduled':
        this.waited = true;
        this.#listen({ ...event, call: this.id, attempt: before + event.attempt, of: this.#of });
        return;
      case 'attempt_finished':
        this.#listen({ ...event, call: this.id, attempt: before + event.attempt, of: this.#of });
        return;
      default:
        this.#listen({ ...event, call: this.id });
    }
  }

  #end(before: number): VisitEnd {
    const { outcome = 'neutral', reason = 'internal' } = this.#finished ?? {};
    return { outcome, reason, attempts: this.attempts - before, mayGoOn: this.#refused };
  }
}
