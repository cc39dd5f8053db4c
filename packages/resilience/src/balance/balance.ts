import type { Random } from '@penstock/clock';
import type { BreakerStateName, CallId } from '../events.ts';
import { Announcer, type LayerDeps, type LivePolicy } from '../layer.ts';
import { describeLayer } from '../mode.ts';
import { checkNumber, refuse } from '../validate.ts';
import { Member } from './member.ts';
import type { BalanceOptions } from './options.ts';
import { resolveBalance } from './validate.ts';

export interface Endpoint {
  /** Unique among the endpoints. */
  readonly id: string;
}

/** Why this endpoint was picked. */
export type PickReason = 'least_loaded' | 'only' | 'probe' | 'no_other' | 'turn';

/** A place at an endpoint, to be released exactly once. */
export interface BalanceLease<E extends Endpoint> {
  readonly endpoint: E;
  readonly because: PickReason;
  release(): void;
}

export interface BalanceSnapshot extends BalanceOptions {
  readonly endpoints: readonly { readonly id: string; readonly inFlight: number; readonly load: number }[];
}

interface BalanceDeps<E extends Endpoint> extends LayerDeps {
  readonly random: Random;
  readonly endpoints: readonly E[];
  /** The state of an endpoint's breaker: open ones get nothing, half-open ones a call now and then. */
  readonly state: (endpoint: E) => BreakerStateName;
}

const LOAD = { min: 0, max: Number.MAX_SAFE_INTEGER };

/**
 * Picks one of several endpoints: of two drawn by chance the one with less to do.
 * M. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001.
 */
export class BalancePolicy<E extends Endpoint> implements LivePolicy<BalanceOptions> {
  readonly policy = 'balance';
  readonly #deps: BalanceDeps<E>;
  readonly #announcer: Announcer;
  #members: readonly Member<E>[] = [];
  #options: BalanceOptions;
  #turn = 0;
  #stopped = false;

  constructor(options: BalanceOptions, deps: BalanceDeps<E>) {
    this.#options = options;
    this.#deps = deps;
    this.#announcer = new Announcer(deps);
    this.setEndpoints(deps.endpoints);
  }

  get options(): BalanceOptions {
    return this.#options;
  }

  get listenerErrors(): number {
    return this.#announcer.errors;
  }

  /** A place at an endpoint; undefined where all are open. Those to avoid, by id, are picked only if no other is left. */
  pick({ avoid = [], call }: { readonly avoid?: readonly string[]; readonly call?: CallId } = {}): BalanceLease<E> | undefined {
    const usable = this.#stopped ? [] : this.#usable();
    const wanted = usable.filter(({ endpoint }) => !avoid.includes(endpoint.id));
    const choice = this.#choose(this.#rested(wanted)) ?? this.#choose(wanted) ?? this.#choose(usable, 'no_other');
    if (choice === undefined) {
      this.#announcer.emit({ type: 'balance_exhausted', name: this.#deps.name, call, endpoints: this.#members.length });
      return undefined;
    }
    if (this.#options.mode === 'enforce') return this.#lease(choice, call);
    if (this.#options.mode === 'shadow') this.#tell(choice, call, true);
    const candidates = wanted.length > 0 ? wanted : usable;
    const next = candidates[this.#turn++ % candidates.length];
    return next && this.#lease({ member: next, because: candidates.length === 1 ? 'only' : 'turn' }, call);
  }

  /** Load that an endpoint says it has, such as calls running and waiting. Unknown ids are ignored: they may just have gone. */
  reportLoad(id: string, load: number): void {
    checkNumber('balance.reportLoad load', load, LOAD);
    this.#members.find(({ endpoint }) => endpoint.id === id)?.report(load, this.#deps.clock);
  }

  /**
   * An endpoint could not be reached, such as by a refused connection. Its breaker may not open soon where calls on
   * connections made earlier still succeed, and without work in flight it would be picked most.
   */
  reportUnreachable(id: string): void {
    const member = this.#members.find(({ endpoint }) => endpoint.id === id);
    if (member !== undefined) member.unreachableAt = this.#deps.clock.monotonic();
  }

  /** Other endpoints; those that stay keep their counts. */
  setEndpoints(endpoints: readonly E[]): void {
    const ids = new Set(endpoints.map(({ id }) => id));
    if (endpoints.length === 0 || ids.size !== endpoints.length) {
      refuse(
        'balance.endpoints',
        'at least one, each with an id of its own',
        endpoints.map(({ id }) => id),
      );
    }
    const before = new Map(this.#members.map((member) => [member.endpoint.id, member]));
    this.#members = endpoints.map((endpoint) => before.get(endpoint.id) ?? new Member(endpoint));
  }

  reload(given: Partial<BalanceOptions>): void {
    this.#options = resolveBalance(given);
  }

  stop(): void {
    this.#stopped = true;
  }

  snapshot(): BalanceSnapshot {
    const { clock } = this.#deps;
    const endpoints = this.#members.map((member) => ({
      id: member.endpoint.id,
      inFlight: member.inFlight,
      load: member.load(clock, this.#options.loadTtlMs),
    }));
    return { ...this.#options, endpoints };
  }

  describe(): string {
    return describeLayer('balance', this.#options.mode, `${this.#members.length} endpoints, two choices`);
  }

  #usable(): Member<E>[] {
    return this.#members.filter((member) => {
      const ejected = this.#deps.state(member.endpoint) === 'open';
      if (ejected !== member.ejected) {
        member.ejected = ejected;
        const type = ejected ? 'balance_ejected' : 'balance_restored';
        this.#announcer.emit({ type, name: this.#deps.name, endpoint: member.endpoint.id });
      }
      return !ejected;
    });
  }

  #rested(members: readonly Member<E>[]): readonly Member<E>[] {
    const now = this.#deps.clock.monotonic();
    return members.filter(({ unreachableAt }) => now - unreachableAt >= this.#options.restMs);
  }

  #choose(members: readonly Member<E>[], because?: 'no_other'): Choice<E> | undefined {
    const [only] = members;
    if (only === undefined) return undefined;
    if (members.length === 1) return { member: only, because: because ?? 'only' };
    const probing = members.filter(({ endpoint }) => this.#deps.state(endpoint) === 'half_open');
    const now = this.#deps.clock.monotonic();
    const due = probing.find(({ probedAt }) => now - probedAt >= this.#options.probeEveryMs);
    if (due !== undefined) return { member: due, because: because ?? 'probe' };
    const sound = members.filter((member) => !probing.includes(member));
    return { member: this.#twoChoices(sound.length > 0 ? sound : members), because: because ?? 'least_loaded' };
  }

  #twoChoices(members: readonly Member<E>[]): Member<E> {
    const first = this.#deps.random.below(members.length);
    const step = members.length === 1 ? 0 : 1 + this.#deps.random.below(members.length - 1);
    const [one, other] = [members[first], members[(first + step) % members.length]];
    if (one === undefined || other === undefined) throw new RangeError(`no endpoint ${first} of ${members.length}`);
    return this.#weight(other) < this.#weight(one) ? other : one;
  }

  #weight(member: Member<E>): number {
    const { loadWeight, loadTtlMs } = this.#options;
    return member.inFlight + loadWeight * member.load(this.#deps.clock, loadTtlMs);
  }

  #lease(choice: Choice<E>, call: CallId | undefined): BalanceLease<E> {
    const { member, because } = choice;
    member.inFlight++;
    if (this.#deps.state(member.endpoint) === 'half_open') member.probedAt = this.#deps.clock.monotonic();
    this.#tell(choice, call, false);
    let held = true;
    const release = (): void => {
      if (held) member.inFlight--;
      held = false;
    };
    return { endpoint: member.endpoint, because, release };
  }

  #tell({ member, because }: Choice<E>, call: CallId | undefined, shadow: boolean): void {
    const { name } = this.#deps;
    this.#announcer.emit({ type: 'balance_picked', name, call, shadow, endpoint: member.endpoint.id, because });
  }
}

interface Choice<E> {
  readonly member: Member<E>;
  readonly because: PickReason;
}
