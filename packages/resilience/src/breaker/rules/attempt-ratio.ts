import type { Clock } from '@penstock/clock';
import { percent, spacedSeconds } from '../../units.ts';
import type { BreakerOptions } from '../options.ts';
import type { AttemptRule, Counted } from './rule.ts';
import { RatioWindow } from './window.ts';

/** Opens when too many of the latest attempts failed, at a volume that only dense traffic reaches: a partial outage. */
export class AttemptRatio implements AttemptRule {
  readonly cause = 'attempt_ratio';
  readonly #window: RatioWindow;
  #options: BreakerOptions;

  constructor(options: BreakerOptions, clock: Clock) {
    this.#options = options;
    this.#window = new RatioWindow(clock, options.attemptWindowMs);
  }

  get ratio(): number {
    return this.#window.ratio;
  }

  get volume(): number {
    return this.#window.total;
  }

  configure(options: BreakerOptions): void {
    this.#options = options;
    this.#window.resize(options.attemptWindowMs);
  }

  heardAttempt(outcome: Counted, now: number): boolean {
    const { attemptRatio, attemptVolume } = this.#options;
    this.#window.count(outcome === 'failure', now);
    // A success never opens it, though it may be what reaches the volume.
    if (attemptRatio === 0 || outcome === 'success') return false;
    return this.#window.total >= attemptVolume && this.#window.ratio >= attemptRatio;
  }

  reset(): void {
    this.#window.clear();
  }

  describe(): string | undefined {
    const { attemptRatio, attemptVolume, attemptWindowMs } = this.#options;
    if (attemptRatio === 0) return undefined;
    return `${percent(attemptRatio)} of ≥${attemptVolume} attempts in ${spacedSeconds(attemptWindowMs)}`;
  }
}
