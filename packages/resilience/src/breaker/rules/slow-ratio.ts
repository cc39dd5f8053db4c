import type { Clock } from '@penstock/clock';
import { percent, spacedSeconds } from '../../units.ts';
import type { BreakerOptions } from '../options.ts';
import type { CallRule, CountedCall } from './rule.ts';
import { RatioWindow } from './window.ts';

/**
 * Opens when too many of the latest calls waited too long for the engine, however they ended. Off unless a threshold
 * is given: what is slow, only the engine's work can say.
 */
export class SlowRatio implements CallRule {
  readonly cause = 'slow_ratio';
  readonly #window: RatioWindow;
  #options: BreakerOptions;

  constructor(options: BreakerOptions, clock: Clock) {
    this.#options = options;
    this.#window = new RatioWindow(clock, options.slowWindowMs);
  }

  get ratio(): number {
    return this.#window.ratio;
  }

  get volume(): number {
    return this.#window.total;
  }

  configure(options: BreakerOptions): void {
    // Calls counted under another threshold say nothing about this one.
    if (options.slowCallMs !== this.#options.slowCallMs) this.#window.clear();
    this.#options = options;
    this.#window.resize(options.slowWindowMs);
  }

  /** Whether a call that waited this long for the engine is slow; none is while the rule is off. */
  isSlow(engineMs: number): boolean {
    const { slowCallMs } = this.#options;
    return slowCallMs > 0 && engineMs >= slowCallMs;
  }

  heardCall({ engineMs }: CountedCall, now: number): boolean {
    const { slowCallMs, slowRatio, slowVolume } = this.#options;
    if (slowCallMs === 0) return false;
    const slow = this.isSlow(engineMs);
    this.#window.count(slow, now);
    // A fast call never opens it, though it may be what reaches the volume.
    return slow && this.#window.total >= slowVolume && this.#window.ratio >= slowRatio;
  }

  reset(): void {
    this.#window.clear();
  }

  describe(): string | undefined {
    const { slowCallMs, slowRatio, slowVolume, slowWindowMs } = this.#options;
    if (slowCallMs === 0) return undefined;
    return `${percent(slowRatio)} of ≥${slowVolume} calls in ${spacedSeconds(slowWindowMs)} slower than ${spacedSeconds(slowCallMs)}`;
  }
}
