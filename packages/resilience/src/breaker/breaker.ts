import type { Clock, Random, Timer } from '@penstock/clock';
import type { Call } from '../call.ts';
import { BreakerOpenError } from '../errors.ts';
import type {
  BreakerEvidence,
  BreakerStateName,
  BreakerTransition,
  CallId,
  CallOutcome,
  Emit,
  TransitionCause,
} from '../events.ts';
import type { CallEnd, Policy } from '../policy.ts';
import { spacedSeconds } from '../units.ts';
import { breakTime } from './break-time.ts';
import { Circuit } from './circuit.ts';
import type { BreakerOptions } from './options.ts';
import type { Admission, Permit, Refusal } from './permit.ts';
import { Probes } from './probes.ts';
import { ConsecutiveCalls } from './rules/consecutive-calls.ts';
import type { BreakerSnapshot } from './snapshot.ts';

const KEPT_TRANSITIONS = 50;
// With every probe out, the next call may get one as soon as any of them ends: soon, but nobody knows when.
const PROBES_OUT_RETRY_MS = 1000;

interface BreakerDeps {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
}

/** What opossum does not know of: how long it stays open, and who probes. */
type Phase =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly until: number; readonly timer: Timer }
  | { readonly kind: 'half_open'; readonly probes: Probes };

/** Who told the outcome: the transition that follows is an event of that call too. */
interface Teller {
  readonly id: CallId;
  readonly emit: Emit;
}

/** Refuses calls while the engine fails, and finds out with a few probes when it no longer does. */
export class BreakerPolicy implements Policy {
  readonly policy = 'breaker';
  readonly #options: BreakerOptions;
  readonly #deps: BreakerDeps;
  readonly #circuit: Circuit;
  readonly #rule: ConsecutiveCalls;
  readonly #transitions: BreakerTransition[] = [];
  #phase: Phase = { kind: 'closed' };
  #epoch = 0;
  #trips = 0;
  #closedAt = Number.NEGATIVE_INFINITY;
  #since: number;
  #lastReason: string | null = null;

  constructor(options: BreakerOptions, deps: BreakerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#circuit = new Circuit(deps.name, deps.clock);
    this.#rule = new ConsecutiveCalls(options.consecutiveCalls);
    this.#since = deps.clock.now();
  }

  get state(): BreakerStateName {
    return this.#circuit.closed ? 'closed' : this.#phase.kind;
  }

  /** Runs a call if it is let through, and hears how it ended. */
  async run<T>(call: Call, next: (admission: Admission) => Promise<CallEnd<T>>): Promise<CallEnd<T>> {
    const answer = this.admit();
    if (answer.kind === 'refusal') return this.#rejected(call, answer);
    const admission = { mayContinue: () => this.mayContinue(answer), retryAfterMs: () => this.retryAfterMs };
    let end: CallEnd<T> | undefined;
    try {
      end = await next(admission);
      return end;
    } finally {
      // Without an end, a defect of ours threw: that is no evidence about the engine, and a probe must not be lost.
      if (end === undefined) this.#report(call, answer, 'neutral', 'internal');
      else if (this.#abandoned(end)) this.#report(call, answer, 'failure', 'abandoned');
      else this.#report(call, answer, end.outcome === 'rejected' ? 'neutral' : end.outcome, end.verdict.reason);
    }
  }

  admit(): Permit | Refusal {
    if (this.#phase.kind === 'open' && this.#deps.clock.monotonic() >= this.#phase.until) this.#halfOpen();
    const phase = this.#phase;
    if (this.#circuit.closed) return { kind: 'permit', epoch: this.#epoch, probe: false };
    if (phase.kind !== 'half_open' || phase.probes.full) {
      return { kind: 'refusal', retryAfterMs: this.retryAfterMs, evidence: this.evidence };
    }
    const permit: Permit = { kind: 'permit', epoch: this.#epoch, probe: true };
    phase.probes.grant(permit, () => this.#expired());
    return permit;
  }

  /** Hears the outcome of an admitted call. False when the breaker has moved on and drops it. */
  settle(permit: Permit, outcome: CallOutcome, reason: string, teller?: Teller): boolean {
    if (permit.epoch !== this.#epoch || this.#circuit.stopped) return false;
    if (outcome === 'failure') this.#lastReason = reason;
    if (this.#phase.kind === 'half_open') this.#settleProbe(this.#phase.probes, permit, outcome, teller);
    else if (outcome !== 'neutral') this.#settleCounted(outcome, teller);
    return true;
  }

  /** Whether a call may make a further attempt: its epoch still runs, or everyone is let through again. */
  mayContinue(permit: Permit): boolean {
    return this.#phase.kind === 'closed' || (this.#phase.kind === 'half_open' && permit.epoch === this.#epoch);
  }

  /** Milliseconds until the next call is let through; 0 when nothing is in the way. */
  get retryAfterMs(): number {
    const phase = this.#phase;
    if (phase.kind === 'open') return Math.max(0, phase.until - this.#deps.clock.monotonic());
    if (phase.kind === 'half_open' && phase.probes.full) return Math.min(PROBES_OUT_RETRY_MS, phase.probes.firstLeaseEndsInMs);
    return 0;
  }

  get evidence(): BreakerEvidence {
    return {
      consecutiveFailures: this.#rule.failures,
      threshold: this.#rule.threshold,
      epoch: this.#epoch,
      trips: this.#trips,
      lastReason: this.#lastReason,
    };
  }

  snapshot(): BreakerSnapshot {
    const blocked = this.#phase.kind === 'open' || (this.#phase.kind === 'half_open' && this.#phase.probes.full);
    return {
      state: this.state,
      epoch: this.#epoch,
      consecutiveFailures: this.#rule.failures,
      threshold: this.#rule.threshold,
      sinceMs: this.#since,
      nextAttemptInMs: blocked ? this.retryAfterMs : null,
      evidence: this.evidence,
      transitions: [...this.#transitions],
      heard: this.#circuit.heard,
    };
  }

  describe(): string {
    return `breaker(${this.#rule.describe()}, ≤${spacedSeconds(this.#options.openMs)})`;
  }

  /** Ends every timer; the state stays as it was, and outcomes are no longer heard. */
  stop(): void {
    this.#leavePhase();
    this.#circuit.stop();
  }

  // A client that waited this long for nothing has seen a hang, whoever ended it.
  #abandoned<T>({ abandonedInFlightMs }: CallEnd<T>): boolean {
    return abandonedInFlightMs !== undefined && abandonedInFlightMs >= this.#options.abandonedAfterMs;
  }

  #report(call: Call, permit: Permit, status: CallOutcome, reason: string): void {
    const heard = this.settle(permit, status, reason, call);
    const { epoch, probe } = permit;
    const consecutiveFailures = this.#rule.failures;
    const { name } = this.#deps;
    call.emit({ type: 'breaker_call', name, call: call.id, status, consecutiveFailures, epoch, probe, stale: !heard });
  }

  #rejected<T>(call: Call, { retryAfterMs, evidence }: Refusal): CallEnd<T> {
    const { name } = this.#deps;
    const { consecutiveFailures, epoch } = evidence;
    const common = { name, call: call.id, consecutiveFailures, epoch };
    call.emit({ type: 'breaker_call', ...common, status: 'rejected', probe: false, stale: false, evidence, retryAfterMs });
    const error = new BreakerOpenError(name, retryAfterMs, evidence);
    const verdict = { kind: 'neutral', reason: 'breaker_open', message: error.message } as const;
    return { outcome: 'rejected', verdict, attempts: 0, settled: { error }, retryAfterMs };
  }

  #settleCounted(outcome: 'success' | 'failure', teller: Teller | undefined): void {
    this.#circuit.hear(outcome);
    if (this.#rule.heardCall(outcome)) this.#trip(this.#rule.cause, teller);
  }

  #settleProbe(probes: Probes, permit: Permit, outcome: CallOutcome, teller: Teller | undefined): void {
    if (outcome === 'failure') {
      this.#rule.heardCall('failure');
      this.#trip('probe_failed', teller);
    } else if (outcome === 'neutral') {
      probes.handBack(permit);
    } else if (probes.succeeded(permit) >= this.#options.probeSuccesses) {
      this.#close(teller);
    }
  }

  // Only ever a lease of the current epoch: leaving a phase cancels the timers of all others.
  #expired(): void {
    this.#lastReason = 'probe_expired';
    this.#rule.heardCall('failure');
    this.#trip('probe_expired', undefined);
  }

  #trip(because: TransitionCause, teller: Teller | undefined): void {
    const { clock, random } = this.#deps;
    const now = clock.monotonic();
    // A trip soon after closing is a repeated one: the break keeps its length although the probes went well.
    if (this.#phase.kind === 'closed' && now - this.#closedAt > this.#options.openMs) this.#trips = 0;
    const from = this.state;
    this.#leavePhase();
    this.#circuit.trip();
    const waitMs = breakTime(this.#options, ++this.#trips, random);
    const timer = clock.timer(waitMs, () => this.#halfOpen(), { keepAlive: false });
    this.#phase = { kind: 'open', until: now + waitMs, timer };
    this.#moved(from, because, teller);
  }

  #halfOpen(): void {
    this.#leavePhase();
    this.#phase = { kind: 'half_open', probes: new Probes(this.#deps.clock, this.#options.probes, this.#options.probeLeaseMs) };
    this.#moved('open', 'timer', undefined);
  }

  #close(teller: Teller | undefined): void {
    this.#leavePhase();
    this.#circuit.restore();
    this.#rule.reset();
    this.#closedAt = this.#deps.clock.monotonic();
    this.#phase = { kind: 'closed' };
    this.#moved('half_open', 'probes_succeeded', teller);
  }

  #leavePhase(): void {
    if (this.#phase.kind === 'open') this.#phase.timer.cancel();
    else if (this.#phase.kind === 'half_open') this.#phase.probes.clear();
  }

  #moved(from: BreakerStateName, because: TransitionCause, teller: Teller | undefined): void {
    this.#epoch++;
    this.#since = this.#deps.clock.now();
    const event: BreakerTransition = {
      type: 'breaker_transition',
      name: this.#deps.name,
      ...(teller !== undefined && { call: teller.id }),
      from,
      to: this.state,
      because,
      evidence: this.evidence,
      epoch: this.#epoch,
      consecutive: this.#rule.failures,
      at: this.#since,
    };
    this.#transitions.push(event);
    if (this.#transitions.length > KEPT_TRANSITIONS) this.#transitions.shift();
    (teller?.emit ?? this.#deps.emit)(event);
  }
}
