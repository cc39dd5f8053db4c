import type { Clock, Timer } from '@penstock/clock';

/** An execution under way renews its claim this often within one lease: two renewals may fail before it ends. */
const RENEWALS_PER_LEASE = 3;

/** Renews a claim until it is stopped or lost: a lease may then be short, and a process that died frees its keys soon. */
export class Renewal {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #renew: () => Promise<boolean>;
  #timer: Timer;
  #stopped = false;

  /** @param renew whether the claim still stands; it must not reject */
  constructor(clock: Clock, leaseMs: number, renew: () => Promise<boolean>) {
    this.#clock = clock;
    this.#everyMs = leaseMs / RENEWALS_PER_LEASE;
    this.#renew = renew;
    this.#timer = this.#next();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.cancel();
  }

  #next(): Timer {
    return this.#clock.timer(this.#everyMs, () => void this.#turn(), { keepAlive: false });
  }

  async #turn(): Promise<void> {
    const held = await this.#renew();
    // A claim that is lost is another execution's: renewed once that one lets it go, it would be taken back.
    if (held && !this.#stopped) this.#timer = this.#next();
  }
}
