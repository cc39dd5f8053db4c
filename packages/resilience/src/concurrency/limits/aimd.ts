import type { Limit, Sample } from './limit.ts';

/** Additive increase, multiplicative decrease: up by one per limit's worth of answers, down by a ratio at a drop. */
export class Aimd implements Limit {
  readonly #backoffRatio: number;

  constructor({ backoffRatio }: { readonly backoffRatio: number }) {
    this.#backoffRatio = backoffRatio;
  }

  next(limit: number, { dropped, fresh, inFlight }: Sample): number {
    if (dropped) return fresh ? limit * this.#backoffRatio : limit;
    // A limit that is not used says nothing about whether a higher one would hold.
    return inFlight * 2 < limit ? limit : limit + 1 / limit;
  }
}
