import assert from 'node:assert/strict';
import { type BreakerMachine, type BreakerOptions, type Permit, resolveBreaker } from '@penstock/resilience';
import { Model, type ModelOutcome, type ModelPermit } from './model.ts';
import { StepClock } from './step-clock.ts';

export type Machine = typeof BreakerMachine;

export interface World {
  readonly name: string;
  readonly options: Partial<BreakerOptions>;
  /** Failures count for one call in so many, as well as whole. */
  readonly parts?: number;
  /** Somebody may wait for the engine's readiness. */
  readonly hurries?: true;
  /** Calls that may be out at once. */
  readonly calls: number;
  /** Steps of every run. */
  readonly depth: number;
}

/** An admitted call, as both sides know it. */
interface Out {
  readonly permit: Permit;
  readonly model: ModelPermit;
}

/** An answer of the readiness probe, given when the run says so. */
interface Asked {
  readonly resolve: (ready: boolean) => void;
  readonly reject: () => void;
}

/** Something that can happen next, to the call of that number where it happens to a call. */
export interface Step {
  readonly what:
    | ModelOutcome
    | 'admit'
    | 'part of a failure'
    | 'failed attempt'
    | 'timer'
    | 'readiness is asked for'
    | 'time without its timer'
    | 'ready'
    | 'not ready'
    | 'probe fails'
    | 'ready, too late';
  readonly call?: number;
}

const ADMIT: Step = { what: 'admit' };
const TIMER: Step = { what: 'timer' };
const HURRY: Step = { what: 'readiness is asked for' };
const SKIP: Step = { what: 'time without its timer' };
const LATE: Step = { what: 'ready, too late' };
const ANSWERS: readonly Step[] = [{ what: 'ready' }, { what: 'not ready' }, { what: 'probe fails' }];

/** The real breaker and the model, side by side: every step is taken on both, and both must agree after it. */
export class Pair {
  readonly #world: World;
  readonly #clock = new StepClock();
  readonly #model: Model;
  readonly #machine: InstanceType<Machine>;
  readonly #out: Out[] = [];
  #asked: Asked | undefined;
  /** A question given up before it was answered. */
  #late: Asked | undefined;

  constructor(world: World, Machine: Machine) {
    const options = resolveBreaker({ openJitter: 0, readinessJitter: 0, ...world.options });
    this.#world = world;
    this.#model = new Model(options, world.parts);
    const random = { next: () => 0, below: () => 0 };
    this.#machine = new Machine(options, {
      name: 'engine',
      clock: this.#clock,
      random,
      emit: undefined,
      probe: () => this.#probe(),
    });
  }

  /** What can happen next, calls in the order of their admission. */
  steps(): Step[] {
    const steps: Step[] = [];
    const countsAttempts = (this.#world.options.consecutiveAttempts ?? 0) > 0;
    if (this.#out.length < this.#world.calls) steps.push(ADMIT);
    for (const { model } of this.#out) {
      for (const what of ['success', 'failure', 'neutral'] as const) steps.push({ what, call: model.id });
      if (this.#world.parts !== undefined) steps.push({ what: 'part of a failure', call: model.id });
      if (countsAttempts) steps.push({ what: 'failed attempt', call: model.id });
    }
    const { nextIn, asking } = this.#model;
    if (nextIn !== undefined) steps.push(TIMER);
    if (this.#world.hurries && this.#model.phase === 'open') steps.push(HURRY);
    if (nextIn !== undefined && nextIn > 0) steps.push(SKIP);
    if (asking) steps.push(...ANSWERS);
    if (this.#late !== undefined || (this.#asked !== undefined && !asking)) steps.push(LATE);
    return steps;
  }

  /** Takes a step on both sides. Throws an AssertionError where they answer differently. */
  take({ what, call }: Step): void {
    if (call !== undefined) this.#takeOf(this.#called(call), what);
    else if (what === 'admit') this.#admit();
    else if (what === 'timer') this.#both('fire');
    else if (what === 'readiness is asked for') this.#hurry();
    else if (what === 'time without its timer') this.#both('skip');
    else if (what === 'ready, too late') this.#answerLate();
    else this.#answer(what);
  }

  #takeOf(out: Out, what: Step['what']): void {
    if (what === 'failed attempt') this.#attemptFailed(out);
    else if (what === 'part of a failure') this.#settle(out, 'failure', this.#world.parts);
    else if (what === 'success' || what === 'failure' || what === 'neutral') this.#settle(out, what);
    else throw new Error(`${what} does not happen to a call`);
  }

  /** Throws an AssertionError where the breaker is not as the model says. */
  compare(): void {
    const [machine, model] = [this.#machine, this.#model];
    same('state', machine.state, model.phase);
    const { epoch, trips, consecutiveFailures, consecutiveAttempts } = machine.evidence;
    same('epoch', epoch, model.epoch);
    same('trips', trips, model.trips);
    same('failed calls in a row', consecutiveFailures, model.failures);
    same('failed attempts in a row', consecutiveAttempts, model.attempts);
    same('time until the next call', machine.retryAfterMs, model.retryAfterMs);
    same('readiness believed', machine.readinessBelieved, model.believed);
    same('timers', this.#clock.pending, model.timers);
    same('next timer', this.#clock.nextIn, model.nextIn);
    for (const out of this.#out) same('may continue', machine.mayContinue(out.permit), model.mayContinue(out.model));
  }

  /** Stops the breaker. Throws where that leaves a timer. */
  end(): void {
    this.#machine.stop();
    same('timers after the stop', this.#clock.pending, 0);
  }

  #called(id: number): Out {
    const out = this.#out.find(({ model }) => model.id === id);
    assert.ok(out !== undefined, `call ${id} is out`);
    return out;
  }

  #admit(): void {
    const answer = this.#machine.admit();
    const model = this.#model.admit();
    same('admitted', answer.kind === 'permit', model !== undefined);
    if (answer.kind === 'permit' && model !== undefined) this.#out.push({ permit: answer, model });
  }

  #settle(out: Out, outcome: ModelOutcome, parts = 1): void {
    this.#out.splice(this.#out.indexOf(out), 1);
    const heard = this.#machine.settle(out.permit, { outcome, reason: outcome, engineMs: 0, weight: 1 / parts });
    same('heard', heard, this.#model.settle(out.model, outcome, parts));
  }

  #attemptFailed(out: Out): void {
    this.#machine.attempted(out.permit, 'failure', 'failure');
    this.#model.attemptFailed(out.model);
  }

  #both(move: 'fire' | 'skip'): void {
    this.#clock[move]();
    this.#model[move]();
  }

  #hurry(): void {
    this.#machine.askReadiness();
    this.#model.hurry();
  }

  #answer(answer: Step['what']): void {
    const asked = this.#asked;
    assert.ok(asked !== undefined, 'a question is out');
    this.#asked = undefined;
    if (answer === 'probe fails') asked.reject();
    else asked.resolve(answer === 'ready');
    this.#model.answer(answer === 'ready');
  }

  #answerLate(): void {
    const late = this.#late ?? this.#asked;
    if (this.#late === undefined) this.#asked = undefined;
    this.#late = undefined;
    late?.resolve(true);
  }

  // Answered at once when the run says so, where a promise would take until the next turn.
  #probe(): Promise<boolean> {
    const answered = {
      // biome-ignore lint/suspicious/noThenProperty: the breaker asks for no more than this of the promise
      then: (resolve: (ready: boolean) => void, reject: () => void) => {
        this.#late = this.#asked;
        this.#asked = { resolve, reject };
      },
    };
    return answered as unknown as Promise<boolean>;
  }
}

// An assertion of its own costs more than a step: it is made for differences only.
function same(what: string, actual: unknown, expected: unknown): void {
  if (actual === expected) return;
  throw new assert.AssertionError({ message: `${what}: ${String(actual)}, and ${String(expected)} in the model` });
}
