import { TransientSet } from '@penstock/collections';

/** Who goes first: someone waits for an interactive call, nobody for a batch one. */
export type Priority = 'interactive' | 'batch';

export const PRIORITIES = ['interactive', 'batch'] as const satisfies readonly Priority[];

/** First in, first out within a priority, interactive before batch. Every operation takes constant time. */
export class PriorityQueue<T extends object> {
  readonly #lanes: Readonly<Record<Priority, TransientSet<T>>> = {
    interactive: new TransientSet(),
    batch: new TransientSet(),
  };

  get size(): number {
    return this.#lanes.interactive.size + this.#lanes.batch.size;
  }

  /** @returns what takes it out, if it still waits */
  push(priority: Priority, item: T): () => void {
    const lane = this.#lanes[priority];
    const place = lane.add(item);
    return () => void lane.delete(place);
  }

  shift(): T | undefined {
    return this.#lanes.interactive.shift() ?? this.#lanes.batch.shift();
  }
}
