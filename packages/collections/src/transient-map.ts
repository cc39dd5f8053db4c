interface Box<V> {
  value: V | undefined;
}

/**
 * A `Map` for what comes and goes with every request, such as what is under way for each key. What leaves is taken out of
 * its box: the map's old tables, which only a full collection may free, hold keys and empty boxes then (`TransientSet`
 * says more).
 */
export class TransientMap<K, V extends object> {
  readonly #boxes = new Map<K, Box<V>>();

  get size(): number {
    return this.#boxes.size;
  }

  get(key: K): V | undefined {
    return this.#boxes.get(key)?.value;
  }

  set(key: K, value: V): void {
    const box = this.#boxes.get(key);
    if (box === undefined) this.#boxes.set(key, { value });
    else box.value = value;
  }

  /** Whether there was a value. */
  delete(key: K): boolean {
    const box = this.#boxes.get(key);
    if (box === undefined) return false;
    box.value = undefined;
    return this.#boxes.delete(key);
  }

  clear(): void {
    for (const box of this.#boxes.values()) box.value = undefined;
    this.#boxes.clear();
  }

  /** In the order in which their keys came. */
  *values(): IterableIterator<V> {
    for (const { value } of this.#boxes.values()) if (value !== undefined) yield value;
  }
}
