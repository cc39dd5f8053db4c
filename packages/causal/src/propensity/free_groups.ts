/**
 * Which of `size` groups in a row still have something free: the nearest such group at or below, at or
 * above a position, by links that skip removed groups and are shortened whenever they are followed.
 */
export class FreeGroups {
  // Shifted by one: entry 0 and entry size + 1 are the ends, which are never removed.
  readonly #below: Int32Array;
  readonly #above: Int32Array;

  constructor(size: number) {
    this.#below = Int32Array.from({ length: size + 2 }, (_, at) => at);
    this.#above = this.#below.slice();
  }

  remove(group: number): void {
    this.#below[group + 1] = group;
    this.#above[group + 1] = group + 2;
  }

  /** −1 when there is none. */
  atOrBelow(group: number): number {
    return follow(this.#below, group + 1) - 1;
  }

  /** The number of groups when there is none. */
  atOrAbove(group: number): number {
    return follow(this.#above, group + 1) - 1;
  }
}

function follow(links: Int32Array, from: number): number {
  let root = from;
  while (links[root] !== root) root = links[root]!;
  for (let at = from; at !== root; ) {
    const next = links[at]!;
    links[at] = root;
    at = next;
  }
  return root;
}
