import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { test } from 'node:test';
import { FakeClock } from '@penstock/clock';
import { Drain, type DrainState, InFlight } from '../../src/index.ts';

// Model-checks the drain: every interleaving of what can happen around it, up to a depth, against a reference model.

const PROPAGATION_MS = 500;
const TIMEOUT_MS = 5000;
const GRACE_MS = 1000;
const REQUESTS = 3;
const DEPTH = 10;

type DrainClass = typeof Drain;

type Step = 'start' | 'begin' | 'end of the first' | 'end of the last' | 'timer' | 'listener closed' | 'idle connections closed';

/** What the drain is meant to do, as numbers and flags. */
class Model {
  state: DrainState = 'serving';
  inFlight = 0;
  begun = 0;
  aborted = 0;
  destroyed = false;
  accepting = true;
  timerIn: number | undefined;
  idleClosed = false;
  #wasEmpty = false;
  #settled = false;

  steps(): Step[] {
    const steps: Step[] = [];
    if (this.state === 'serving') steps.push('start');
    // A kept connection may bring a request until the idle ones are closed.
    if (this.begun < REQUESTS && !this.idleClosed && this.state !== 'drained') steps.push('begin');
    if (this.inFlight > 0) steps.push('end of the first');
    if (this.inFlight > 1) steps.push('end of the last');
    if (this.timerIn !== undefined) steps.push('timer');
    if (this.state === 'propagating' && this.timerIn === undefined) steps.push('listener closed');
    if ((this.state === 'finishing' || this.state === 'aborting') && !this.idleClosed) steps.push('idle connections closed');
    return steps;
  }

  take(step: Step): void {
    if (step === 'start') {
      this.state = 'propagating';
      this.timerIn = PROPAGATION_MS;
    } else if (step === 'begin') {
      this.begun++;
      this.inFlight++;
    } else if (step === 'timer') this.#timer();
    else if (step === 'listener closed') {
      this.accepting = false;
      this.state = 'finishing';
      this.timerIn = TIMEOUT_MS;
    } else if (step === 'idle connections closed') this.idleClosed = true;
    else this.inFlight--;
    this.#settle();
  }

  #timer(): void {
    this.timerIn = undefined;
    if (this.state === 'finishing') {
      this.state = 'aborting';
      this.aborted = this.inFlight;
      this.timerIn = GRACE_MS;
    } else if (this.state === 'aborting') this.#drained();
  }

  #settle(): void {
    if (this.state !== 'finishing' && this.state !== 'aborting') return;
    this.#wasEmpty ||= this.inFlight === 0;
    this.#settled ||= this.#wasEmpty && this.idleClosed;
    if (this.#settled && this.inFlight === 0) this.#drained();
  }

  #drained(): void {
    this.destroyed = this.state === 'aborting';
    this.state = 'drained';
    this.timerIn = undefined;
  }
}

/** The real drain, with a listener that is closed by hand. */
class Subject {
  readonly clock = new FakeClock();
  readonly states: DrainState[] = [];
  readonly #inFlight = new InFlight();
  readonly #ends: (() => void)[] = [];
  readonly #all: AbortController[] = [];
  readonly #listenerClosed = Promise.withResolvers<void>();
  readonly #idleClosed = Promise.withResolvers<void>();
  readonly drain: InstanceType<DrainClass>;
  destroyed = false;
  done: Promise<void> | undefined;

  constructor(TheDrain: DrainClass) {
    const log = (): void => undefined;
    const onState = (state: DrainState): void => void this.states.push(state);
    this.drain = new TheDrain(
      { propagationMs: PROPAGATION_MS, timeoutMs: TIMEOUT_MS },
      { clock: this.clock, inFlight: this.#inFlight, log, onState },
    );
  }

  get aborted(): number {
    return this.#all.filter((request) => request.signal.aborted).length;
  }

  async take(step: Step): Promise<void> {
    if (step === 'start') this.done = this.drain.run(this.#listener());
    else if (step === 'begin') this.#begin();
    else if (step === 'timer') await this.clock.advance(this.clock.nextTimerIn ?? 0);
    else if (step === 'listener closed') this.#listenerClosed.resolve();
    else if (step === 'idle connections closed') this.#idleClosed.resolve();
    else if (step === 'end of the first') this.#ends.shift()?.();
    else this.#ends.pop()?.();
    await this.clock.advance(0);
  }

  #listener() {
    return {
      stopAccepting: () => this.#listenerClosed.promise,
      closeIdle: () => this.#idleClosed.promise,
      destroyAll: () => {
        this.destroyed = true;
      },
    };
  }

  #begin(): void {
    const request = new AbortController();
    this.#all.push(request);
    this.#ends.push(this.#inFlight.begin(request));
  }
}

const seen = (subject: Subject) => ({
  state: subject.drain.state,
  timerIn: subject.clock.nextTimerIn,
  timers: subject.clock.pendingTimers,
  aborted: subject.aborted,
  destroyed: subject.destroyed,
});
const meant = (model: Model) => ({
  state: model.state,
  timerIn: model.timerIn,
  timers: model.timerIn === undefined ? 0 : 1,
  aborted: model.aborted,
  destroyed: model.destroyed,
});

interface Choice {
  readonly steps: readonly Step[];
  taken: number;
}

async function run(choices: Choice[], TheDrain: DrainClass): Promise<void> {
  const [model, subject] = [new Model(), new Subject(TheDrain)];
  const path: Step[] = [];
  for (let depth = 0; depth < DEPTH; depth++) {
    const choice = choices[depth] ?? { steps: model.steps(), taken: 0 };
    choices[depth] = choice;
    const step = choice.steps[choice.taken];
    if (step === undefined) break;
    path.push(step);
    model.take(step);
    await subject.take(step);
    assert.deepEqual(seen(subject), meant(model), `after ${path.join(', ')}`);
  }
  const ways = ['propagating', 'finishing', 'drained', 'propagating', 'finishing', 'aborting', 'drained'];
  const { states } = subject;
  const legal = [ways.slice(0, 3), ways.slice(3)].some((way) => states.every((state, index) => way[index] === state));
  assert.ok(legal, `${states.join(' > ')} after ${path.join(', ')}`);
  if (model.state === 'drained') await subject.done;
}

function advance(choices: Choice[]): boolean {
  for (let last = choices.at(-1); last !== undefined; last = choices.at(-1)) {
    if (++last.taken < last.steps.length) return true;
    choices.pop();
  }
  return false;
}

/** Runs every interleaving; how many there were. */
async function explore(TheDrain: DrainClass): Promise<number> {
  const choices: Choice[] = [];
  let interleavings = 0;
  do {
    await run(choices, TheDrain);
    interleavings++;
  } while (advance(choices));
  return interleavings;
}

test('no interleaving of requests, timers and closings takes the drain where the model is not', async () => {
  const interleavings = await explore(Drain);
  assert.ok(interleavings > 2000, `${interleavings} interleavings`);
});

const SEEDED_BUGS = [
  ['a request that came between is forgotten', 'await this.#deps.inFlight.idle();', ''],
  ['requests are aborted without waiting', 'finished, this.#options.timeoutMs', 'finished, 0'],
  ['stragglers are not aborted', 'inFlight.abortAll(', 'Boolean('],
  ['connections are left', 'listener.destroyAll();', ''],
  ['a timer is left', 'expired.abort();', ''],
  ['idle connections are not waited for', 'this.#deps.inFlight.idle(), listener.closeIdle()', 'this.#deps.inFlight.idle()'],
] as const;

/** The drain with a bug in it: its file loaded once more, its text changed on the way. */
async function seed(name: string, from: string, to: string): Promise<DrainClass> {
  const query = `?seeded-bug=${encodeURIComponent(name)}`;
  const hooks = registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith(query)) return loaded;
      const source = String(loaded.source);
      assert.ok(source.includes(from), `${name}: drain.ts does not contain ${from}`);
      return { ...loaded, source: source.replace(from, to) };
    },
  });
  try {
    return ((await import(`../../src/drain/drain.ts${query}`)) as { Drain: DrainClass }).Drain;
  } finally {
    hooks.deregister();
  }
}

for (const [name, from, to] of SEEDED_BUGS) {
  test(`a drain with a bug in it is found: ${name}`, async () => {
    await assert.rejects(explore(await seed(name, from, to)), assert.AssertionError);
  });
}
