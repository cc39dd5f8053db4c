import type { Call } from '../call.ts';
import type { BreakerMachine } from './machine.ts';
import type { Admission, Permit } from './permit.ts';
import type { Counted } from './rules/rule.ts';

/** What the layers inside a breaker may ask and tell about one call. */
export class Admitted implements Admission {
  readonly permit: Permit;
  readonly #machine: BreakerMachine;
  readonly #call: Call;

  constructor(machine: BreakerMachine, call: Call, permit: Permit) {
    this.#machine = machine;
    this.#call = call;
    this.permit = permit;
  }

  get probe(): boolean {
    return this.permit.probe;
  }

  mayContinue(): boolean {
    const { mode } = this.#machine.options;
    if (this.#machine.mayContinue(this.permit)) return true;
    if (mode === 'enforce') return false;
    this.#call.shadowed('breaker', 'stop_retrying', 'breaker_open');
    return true;
  }

  retryAfterMs(): number {
    return this.#machine.retryAfterMs;
  }

  attempted(outcome: Counted, reason: string): void {
    this.#machine.attempted(this.permit, outcome, reason, this.#call);
  }
}

/** The admission of a breaker that is switched off. */
export const UNGUARDED: Admission = Object.freeze({
  probe: false,
  mayContinue: () => true,
  retryAfterMs: () => 0,
  attempted: heardByNobody,
});

function heardByNobody(): void {
  // Switched off: nobody counts.
}
