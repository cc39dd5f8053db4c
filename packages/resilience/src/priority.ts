/** Who goes first: someone waits for an interactive call, nobody for a batch one. */
export type Priority = 'interactive' | 'batch';

export const PRIORITIES = ['interactive', 'batch'] as const satisfies readonly Priority[];

/** First in, first out within a priority, interactive before batch. Every operation takes constant time. */
export class PriorityQueue<T> {
  readonly #lanes: Readonly<Record<Priority, Set<T>>> = { interactive: new Set(), batch: new Set() };

  get size(): number {
    return this.#lanes.interactive.size + this.#lanes.batch.size;
  }

  push(priority: Priority, item: T): void {
    this.#lanes[priority].add(item);
  }

  remove(item: T): void {
    for (const priority of PRIORITIES) this.#lanes[priority].delete(item);
  }

  shift(): T | undefined {
    for (const priority of PRIORITIES) {
      for (const item of this.#lanes[priority]) {
        this.#lanes[priority].delete(item);
        return item;
      }
    }
    return undefined;
  }
}
