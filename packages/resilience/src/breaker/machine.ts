import type { Clock, Random, Timer } from '@penstock/clock';
import type {
  BreakerEvidence,
  BreakerStateName,
  BreakerTransition,
  CallId,
  CallOutcome,
  Emit,
  TransitionCause,
} from '../events.ts';
import { breakTime } from './break-time.ts';
import { Circuit } from './circuit.ts';
import type { BreakerOptions } from './options.ts';
import type { Permit, Refusal } from './permit.ts';
import { Probes } from './probes.ts';
import { Readiness, type ReadinessProbe } from './readiness.ts';
import type { Counted, CountedCall } from './rules/rule.ts';
import { TripRules } from './rules/rules.ts';
import type { BreakerSnapshot } from './snapshot.ts';

const KEPT_TRANSITIONS = 50;
// With every probe out, the next call may get one as soon as any of them ends: soon, but nobody knows when.
const PROBES_OUT_RETRY_MS = 1000;

export interface BreakerDeps {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit | undefined;
  /** Asked while the breaker is open; without it only the timer ends a break. */
  readonly probe?: ReadinessProbe | undefined;
}

/** What opossum does not know of: how long it stays open, and who probes. */
type Phase =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly until: number; readonly timer: Timer }
  /** `early`: entered because the engine said it was ready, before the break was over. */
  | { readonly kind: 'half_open'; readonly probes: Probes; readonly early: boolean };

/** How an admitted call ended. */
export type SettledCall = Omit<CountedCall, 'outcome'> & { readonly outcome: CallOutcome; readonly reason: string };

const counts = (call: SettledCall): call is SettledCall & CountedCall => call.outcome !== 'neutral';

/** Who told the outcome: the transition that follows is an event of that call too. */
export interface Teller {
  readonly id: CallId;
  /** On the monotonic clock, ms. */
  readonly now: number;
  readonly emit: Emit | undefined;
}

/**
 * The states of the breaker and the ways between them. Everything here happens at once: a call is admitted or refused,
 * an outcome is heard or dropped, without anything awaited in between.
 */
export class BreakerMachine {
  readonly #deps: BreakerDeps;
  readonly #circuit: Circuit;
  readonly #rules: TripRules;
  readonly #transitions: BreakerTransition[] = [];
  #options: BreakerOptions;
  #phase: Phase = { kind: 'closed' };
  #readiness: Readiness | undefined;
  #readinessBelieved = true;
  #epoch = 0;
  #trips = 0;
  #closedAt = Number.NEGATIVE_INFINITY;
  #since: number;
  #lastReason: string | null = null;

  constructor(options: BreakerOptions, deps: BreakerDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#circuit = new Circuit(deps.name, deps.clock);
    this.#rules = new TripRules(options, deps.clock);
    this.#since = deps.clock.now();
  }

  get options(): BreakerOptions {
    return this.#options;
  }

  get state(): BreakerStateName {
    return this.#circuit.closed ? 'closed' : this.#phase.kind;
  }

  get consecutiveFailures(): number {
    return this.#rules.calls.failures;
  }

  /** Successful calls heard while closed, since it closed last. */
  get successes(): number {
    return this.#rules.calls.successes;
  }

  /** False from the failure of an early probe until a break has run its whole time. */
  get readinessBelieved(): boolean {
    return this.#readinessBelieved;
  }

  admit(): Permit | Refusal {
    if (this.#phase.kind === 'open' && this.#deps.clock.monotonic() >= this.#phase.until) this.#halfOpen('timer');
    const phase = this.#phase;
    if (this.#circuit.closed) return { kind: 'permit', epoch: this.#epoch, probe: false };
    if (phase.kind !== 'half_open' || phase.probes.full) {
      return { kind: 'refusal', retryAfterMs: this.retryAfterMs, evidence: this.evidence };
    }
    const permit: Permit = { kind: 'permit', epoch: this.#epoch, probe: true };
    phase.probes.grant(permit, () => this.#expired());
    return permit;
  }

  /** Asks the engine's readiness now instead of at the next turn, if it is to be asked at all. */
  askReadiness(): void {
    this.#readiness?.hurry();
  }

  /** Hears how an admitted call ended. False when the breaker has moved on, or has been switched off, and drops it. */
  settle(permit: Permit, call: SettledCall, teller?: Teller): boolean {
    const { outcome, reason, engineMs } = call;
    const now = teller?.now ?? this.#deps.clock.monotonic();
    const phase = this.#phase;
    if (!this.#hears(permit) || phase.kind === 'open') return false;
    if (phase.kind === 'half_open') {
      if (!phase.probes.holds(permit)) return false;
      if (outcome === 'failure') this.#lastReason = reason;
      this.#settleProbe(phase.probes, permit, outcome, this.#rules.slowRatio.isSlow(engineMs), teller);
    } else if (counts(call)) {
      if (outcome === 'failure') this.#lastReason = reason;
      this.#circuit.hear(call.outcome, now);
      const cause = this.#rules.heardCall(call, now);
      if (cause !== undefined) this.#trip(cause, teller);
    }
    return true;
  }

  /** Hears the end of an attempt. Only the closed breaker counts attempts: a probe is judged as a whole. */
  attempted(permit: Permit, outcome: Counted, reason: string, teller?: Teller): void {
    if (!this.#hears(permit) || this.#phase.kind !== 'closed') return;
    if (outcome === 'failure') this.#lastReason = reason;
    const cause = this.#rules.heardAttempt(outcome, teller?.now ?? this.#deps.clock.monotonic());
    if (cause !== undefined) this.#trip(cause, teller);
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
    const { calls, attempts, attemptRatio, slowRatio } = this.#rules;
    return {
      consecutiveFailures: calls.failures,
      threshold: calls.threshold,
      consecutiveAttempts: attempts.failures,
      failureRatio: attemptRatio.ratio,
      volume: attemptRatio.volume,
      slowRatio: slowRatio.ratio,
      slowVolume: slowRatio.volume,
      epoch: this.#epoch,
      trips: this.#trips,
      lastReason: this.#lastReason,
    };
  }

  snapshot(): BreakerSnapshot {
    const blocked = this.#phase.kind === 'open' || (this.#phase.kind === 'half_open' && this.#phase.probes.full);
    return {
      mode: this.#options.mode,
      state: this.state,
      epoch: this.#epoch,
      consecutiveFailures: this.consecutiveFailures,
      threshold: this.#rules.calls.threshold,
      sinceMs: this.#since,
      nextAttemptInMs: blocked ? this.retryAfterMs : null,
      readinessBelieved: this.#readinessBelieved,
      evidence: this.evidence,
      transitions: [...this.#transitions],
      heard: this.#circuit.heard,
    };
  }

  /** The rules in force, as in the start line. */
  describe(): string {
    return this.#rules.describe();
  }

  /** Other options: state, counts, windows and leases stay; a break that runs keeps its end. Switching off closes. */
  reload(options: BreakerOptions): void {
    this.#options = options;
    this.#rules.configure(options);
    if (options.mode === 'off') this.#switchOff();
    else if (this.#phase.kind === 'open') this.#watchReadiness();
  }

  /** Ends every timer; the state stays as it was, and outcomes are no longer heard. */
  stop(): void {
    this.#leavePhase();
    this.#circuit.stop();
  }

  #hears(permit: Permit): boolean {
    return permit.epoch === this.#epoch && this.#options.mode !== 'off' && !this.#circuit.stopped;
  }

  #settleProbe(probes: Probes, permit: Permit, outcome: CallOutcome, slow: boolean, teller: Teller | undefined): void {
    if (outcome === 'failure') {
      this.#rules.calls.heardCall({ outcome: 'failure', engineMs: 0 });
      this.#trip('probe_failed', teller);
    } else if (outcome === 'neutral') {
      probes.handBack(permit);
    } else if (slow) {
      // Neither for closing nor, alone, against it: as many late answers as it takes successes to close open it again.
      if (probes.answeredLate(permit) >= this.#options.probeSuccesses) this.#trip('slow_ratio', teller);
    } else if (probes.succeeded(permit) >= this.#options.probeSuccesses) {
      this.#close('probes_succeeded', teller);
    }
  }

  // Only ever a lease of the current epoch: leaving a phase cancels the timers of all others.
  #expired(): void {
    this.#lastReason = 'probe_expired';
    this.#rules.calls.heardCall({ outcome: 'failure', engineMs: 0 });
    this.#trip('probe_expired', undefined);
  }

  #trip(because: TransitionCause, teller: Teller | undefined): void {
    const { clock, random } = this.#deps;
    const now = clock.monotonic();
    // A trip soon after closing is a repeated one: the break keeps its length although the probes went well.
    if (this.#phase.kind === 'closed' && now - this.#closedAt > this.#options.openMs) this.#trips = 0;
    if (this.#phase.kind === 'half_open' && this.#phase.early) this.#readinessBelieved = false;
    const from = this.state;
    this.#leavePhase();
    this.#circuit.trip();
    const waitMs = breakTime(this.#options, ++this.#trips, random);
    const timer = clock.timer(waitMs, () => this.#halfOpen('timer'), { keepAlive: false });
    this.#phase = { kind: 'open', until: now + waitMs, timer };
    this.#watchReadiness();
    this.#moved(from, because, teller);
  }

  #halfOpen(because: 'timer' | 'readiness'): void {
    this.#leavePhase();
    if (because === 'timer') this.#readinessBelieved = true;
    const probes = new Probes(this.#deps.clock, () => this.#options);
    this.#phase = { kind: 'half_open', probes, early: because === 'readiness' };
    this.#moved('open', because, undefined);
  }

  #close(because: TransitionCause, teller: Teller | undefined): void {
    const from = this.state;
    this.#leavePhase();
    this.#circuit.restore();
    this.#rules.reset();
    this.#closedAt = this.#deps.clock.monotonic();
    this.#phase = { kind: 'closed' };
    this.#moved(from, because, teller);
  }

  #switchOff(): void {
    this.#readinessBelieved = true;
    if (this.#phase.kind === 'closed') this.#rules.reset();
    else this.#close('switched_off', undefined);
  }

  #watchReadiness(): void {
    const { probe, clock, random, name } = this.#deps;
    this.#readiness?.stop();
    this.#readiness = undefined;
    if (probe === undefined || this.#options.readinessMs === 0 || !this.#readinessBelieved) return;
    const options = (): BreakerOptions => this.#options;
    this.#readiness = new Readiness({
      clock,
      random,
      probe,
      options,
      onAnswer: (answer, durationMs) => {
        this.#deps.emit?.({ type: 'readiness_probed', name, answer, durationMs });
        // The listener may have stopped or reloaded the pipeline.
        if (answer === 'ready' && this.#phase.kind === 'open' && !this.#circuit.stopped) this.#halfOpen('readiness');
      },
    });
  }

  #leavePhase(): void {
    this.#readiness?.stop();
    this.#readiness = undefined;
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
      consecutive: this.consecutiveFailures,
      at: this.#since,
      ...(this.#options.mode === 'shadow' && { shadow: true }),
    };
    this.#transitions.push(event);
    if (this.#transitions.length > KEPT_TRANSITIONS) this.#transitions.shift();
    const emit = teller === undefined ? this.#deps.emit : teller.emit;
    emit?.(event);
  }
}
