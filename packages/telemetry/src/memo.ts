const MOST = 1000;

/** What is made once for each key, for keys that are few. After so many it begins anew: a mistake takes no memory without end. */
export class Memo<K, T> {
  readonly #made = new Map<K, T>();
  readonly #make: (key: K) => T;
  // One request is much like the one before.
  #latestKey: K | undefined;
  #latest: T | undefined;

  constructor(make: (key: K) => T) {
    this.#make = make;
  }

  of(key: K): T {
    if (this.#latest !== undefined && this.#latestKey === key) return this.#latest;
    const made = this.#made.get(key) ?? this.#add(key);
    this.#latestKey = key;
    this.#latest = made;
    return made;
  }

  #add(key: K): T {
    if (this.#made.size >= MOST) this.#made.clear();
    const made = this.#make(key);
    this.#made.set(key, made);
    return made;
  }
}
