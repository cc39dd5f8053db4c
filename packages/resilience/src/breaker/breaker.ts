import type { Call } from '../call.ts';
import { BreakerOpenError } from '../errors.ts';
import type { BreakerEvidence, BreakerStateName } from '../events.ts';
import { describeLayer } from '../mode.ts';
import type { CallEnd, Policy, TellHeld } from '../policy.ts';
import { spacedSeconds } from '../units.ts';
import { checkNumber } from '../validate.ts';
import { Admitted, UNGUARDED } from './admitted.ts';
import { type BreakerDeps, BreakerMachine, type SettledCall } from './machine.ts';
import type { BreakerOptions } from './options.ts';
import type { Admission, Permit, Refusal } from './permit.ts';
import type { BreakerSnapshot } from './snapshot.ts';

const WEIGHT = { min: 0, max: 1 } as const;

/** Refuses calls while the engine fails, and finds out with a few probes when it no longer does. */
export class BreakerPolicy implements Policy {
  readonly policy = 'breaker';
  readonly #deps: BreakerDeps;
  readonly #machine: BreakerMachine;

  constructor(options: BreakerOptions, deps: BreakerDeps) {
    this.#deps = deps;
    this.#machine = new BreakerMachine(options, deps);
  }

  /** As calls meet it: closed where nobody is refused. */
  get state(): BreakerStateName {
    return this.#machine.options.mode === 'enforce' ? this.#machine.state : 'closed';
  }

  /** Milliseconds until the next call is let through; 0 when nothing is in the way. */
  get retryAfterMs(): number {
    return this.#machine.retryAfterMs;
  }

  get evidence(): BreakerEvidence {
    return this.#machine.evidence;
  }

  /**
   * Lets a call in, or refuses it: then its end is returned. Whatever was let in has to `leave`, however it ends.
   * Entering and leaving happen at once: a layer that waited for the call itself would cost as much as all the rest of it.
   */
  enter(call: Call): Admission | CallEnd<never> {
    const { mode } = this.#machine.options;
    if (mode === 'off') return UNGUARDED;
    const answer = this.#machine.admit();
    if (answer.kind === 'permit') return new Admitted(this.#machine, call, answer);
    if (mode === 'enforce') return this.#rejected(call, answer);
    call.shadowed('breaker', 'refuse', 'breaker_open');
    // It would not have run: it does, and what becomes of it is heard by nobody.
    return new Admitted(this.#machine, call, { kind: 'permit', epoch: answer.evidence.epoch, probe: false });
  }

  /** Hears how a call ended. Without an end, a defect of ours threw: no evidence about the engine, but a probe's place is free. */
  leave<T>(call: Call, admission: Admission, end: CallEnd<T> | undefined): void {
    if (!(admission instanceof Admitted)) return;
    const { permit } = admission;
    if (end === undefined) this.#report(call, permit, { outcome: 'neutral', reason: 'internal', engineMs: call.engineMs });
    else if (this.#abandoned(end)) this.#reportAbandoned(call, permit);
    else this.#report(call, permit, heardOf(call, end));
  }

  /** What `leave` is to hear of a failed call, for whoever decides later what it was. */
  held<T>(call: Call, admission: Admission, end: CallEnd<T>): TellHeld {
    const { successes } = this.#machine;
    return (as, weight = 1) => {
      checkNumber('holdFailure.weight', weight, WEIGHT);
      // Told in time, it would have been before the success that ends the row.
      const inRow = this.#machine.successes === successes;
      this.leave(call, admission, { ...end, outcome: as, weight: inRow ? weight : 0 });
    };
  }

  askReadiness(): void {
    this.#machine.askReadiness();
  }

  describe(): string {
    const { mode, openMs, readinessMs } = this.#machine.options;
    const probing = this.#deps.probe !== undefined && readinessMs > 0 ? `, readiness probe ${spacedSeconds(readinessMs)}` : '';
    return describeLayer('breaker', mode, `${this.#machine.describe()}, ≤${spacedSeconds(openMs)}${probing}`);
  }

  snapshot(): BreakerSnapshot {
    return this.#machine.snapshot();
  }

  /** Other options: state, counts, windows and leases stay; a break that runs keeps its end. Switching off closes. */
  reload(options: BreakerOptions): void {
    this.#machine.reload(options);
  }

  /** Ends every timer; the state stays as it was, and outcomes are no longer heard. */
  stop(): void {
    this.#machine.stop();
  }

  // A client that waited this long for nothing has seen a hang, whoever ended it.
  #abandoned<T>({ abandonedInFlightMs }: CallEnd<T>): boolean {
    return abandonedInFlightMs !== undefined && abandonedInFlightMs >= this.#machine.options.abandonedAfterMs;
  }

  // The attempt itself was neutral when it was cut: that its client had waited too long makes it a failure as well.
  #reportAbandoned(call: Call, permit: Permit): void {
    this.#machine.attempted(permit, 'failure', 'abandoned', call);
    this.#report(call, permit, { outcome: 'failure', reason: 'abandoned', engineMs: call.engineMs });
  }

  #report(call: Call, permit: Permit, settled: SettledCall): void {
    const heard = this.#machine.settle(permit, settled, call);
    const { outcome: status } = settled;
    const { epoch, probe } = permit;
    const { consecutiveFailures } = this.#machine;
    const { name } = this.#deps;
    call.emit?.({ type: 'breaker_call', name, call: call.id, status, consecutiveFailures, epoch, probe, stale: !heard });
  }

  #rejected(call: Call, { retryAfterMs, evidence }: Refusal): CallEnd<never> {
    const { name } = this.#deps;
    const { consecutiveFailures, epoch } = evidence;
    const common = { name, call: call.id, consecutiveFailures, epoch };
    call.emit?.({ type: 'breaker_call', ...common, status: 'rejected', probe: false, stale: false, evidence, retryAfterMs });
    const error = new BreakerOpenError(name, retryAfterMs, evidence);
    const verdict = { kind: 'neutral', reason: 'breaker_open', message: error.message } as const;
    return { outcome: 'rejected', verdict, attempts: 0, settled: { error }, retryAfterMs };
  }
}

/** What a call's end says about the engine. */
function heardOf<T>({ engineMs }: Call, { outcome, verdict, weight = 1 }: CallEnd<T>): SettledCall {
  const neutral = outcome === 'rejected' || verdict.pushback === true;
  return { outcome: neutral ? 'neutral' : outcome, reason: verdict.reason, engineMs, weight };
}
